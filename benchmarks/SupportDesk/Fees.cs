using LlmCascade;

namespace SupportDesk;

/// <summary>Adds up what questions cost, in dollars.</summary>
internal sealed class Fees
{
    public const decimal SmallInput = 0.1m;
    public const decimal SmallOutput = 0.4m;
    public const decimal ExpertInput = 2.5m;
    public const decimal ExpertOutput = 10m;
    private const decimal Embedding = 0.02m;
    private const decimal CharactersPerToken = 4;
    private const decimal Million = 1_000_000;

    /// <summary>Gets how many notes were asked for.</summary>
    public int NotesAsked { get; private set; }

    /// <summary>Gets what the requests cost, without what strategies cost in the prompts.</summary>
    public decimal Gross { get; private set; }

    /// <summary>Gets what strategies cost in the prompts.</summary>
    public decimal Strategies { get; private set; }

    /// <summary>Gets the calls for notes.</summary>
    public decimal Notes { get; private set; }

    /// <summary>Gets the embeddings of the questions.</summary>
    public decimal Embeddings { get; private set; }

    /// <summary>Gets everything together.</summary>
    public decimal Net => Gross + Strategies + Notes + Embeddings;

    public static Fees Of(IEnumerable<Fees> all)
    {
        var sum = new Fees();
        foreach (var each in all)
        {
            sum.NotesAsked += each.NotesAsked;
            sum.Gross += each.Gross;
            sum.Strategies += each.Strategies;
            sum.Notes += each.Notes;
            sum.Embeddings += each.Embeddings;
        }

        return sum;
    }

    public void Add(Episode episode, Question question)
    {
        var strategies = episode.Root.Children[0].Generation?.Strategies?.PromptCost ?? 0;
        Gross += episode.Root.Total().Cost - strategies;
        Strategies += strategies;
        if (episode.Root.Children[0].Generation?.Strategies is not null)
        {
            AddEmbedding(question);
        }
    }

    public void AddEmbedding(Question question) => Embeddings += TokensOf(question.Text) * Embedding / Million;

    /// <summary>Adds an answer of the expert where there is no cascade.</summary>
    public void AddExpert(Question question) => Gross += ((TokensOf(question.Text) * ExpertInput) + (TokensOf(question.Answer) * ExpertOutput)) / Million;

    /// <summary>Counts the tokens of a text.</summary>
    public static int TokensOf(string text) => (int)Math.Ceiling(text.Length / CharactersPerToken);

    public void AddNote(Attempt root)
    {
        NotesAsked++;
        Notes += root.Total().Cost;
    }
}
