using LlmCascade;
using LlmCascade.Deferral;
using LlmCascade.Strategies;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace SupportDesk;

/// <summary>One way of answering the questions: a cascade, and what it shows its small model.</summary>
/// <param name="Mode">Which strategies are shown.</param>
/// <param name="Threshold">From which confidence on the small model's answer is kept; above 1, every question goes to the expert.</param>
/// <param name="Quarantine">Whether strategies have to prove themselves first, and an answer without them is none.</param>
/// <param name="NotesFirst">Whether a note on each kind is there before the first question, and a prompt holds several, however similar they are.</param>
internal sealed record Arm(StrategyMode Mode, double Threshold, bool Quarantine = false, bool NotesFirst = false)
{
    private const string Scope = "desk";
    private const int Several = 3;
    private const string Instructions = "You work at the information desk of a department store. Answer in a few words.";
    private const int LongestAnswer = 32;

    /// <summary>Asks the questions one after the other, each once all notes on those before are written.</summary>
    public async Task<Run> AskAsync(Question[] questions, IChatClient model, IEmbeddingGenerator<string, Embedding<float>> embeddings)
    {
        await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { EmbeddingGenerator = embeddings });
        List<Episode> episodes = [];
        var fees = new Fees();
        var services = new ServiceCollection();
        using var expert = new DeskExpert(questions);
        services.AddChatClient(expert);
        services.AddLlmCascade(cascade => cascade
            .UseStrategies(repository)
            .SingleTenant()
            .AddTier("small", tier => tier
                .UseChatClient(model)
                .WithTokenConfidence()
                .WithOptions(options => (options.Instructions, options.Temperature, options.MaxOutputTokens) = (Instructions, 0, LongestAnswer))
                .UsePolicy(DeferralPolicy.DeferWhen((_, answer) => Quarantine && answer.Strategies is not { AreShown: true }, "without-strategies"))
                .DeferWhen(_ => Threshold > 1)
                .DeferBelow(Math.Min(Threshold, 1))
                .Costs(Fees.SmallInput, Fees.SmallOutput)
                .WithStrategies(Show))
            .LearnStrategies(learning => (learning.Quarantine, learning.Verify) = (Quarantine, (_, _) => new(Mode != StrategyMode.None && !NotesFirst)))
            .ExpertCosts(Fees.ExpertInput, Fees.ExpertOutput)
            .OnEpisode(episodes.Add)
            .OnAddendum(addendum => fees.AddNote(addendum.Root)));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        var learning = provider.GetRequiredService<CascadeLearning>();
        List<Asked> asked = [];
        HashSet<string> kinds = [];
        foreach (var question in NotesFirst ? questions.DistinctBy(question => question.Kind) : [])
        {
            await repository.AddAsync(new Strategy(Scope, question.Text, question.Note, "desk"));
        }

        foreach (var question in questions)
        {
            await client.GetResponseAsync(question.Text, NotesFirst ? new ChatOptions().WithCascade(request => request.Scope(Scope)) : null);
            await learning.SettleAsync();
            var draft = episodes[^1].Root.Children[0];
            fees.Add(episodes[^1], question);
            asked.Add(new Asked(
                question,
                kinds.Add(question.Kind),
                draft.Generation!.Confidence.Value,
                await question.IsAnsweredByAsync(draft.Generation),
                draft.Verdict.Reason is DeferralReasons.Confident or DeferralReasons.BelowThreshold or DeferralReasons.Condition,
                draft.Verdict.Decision == Decision.Keep));
        }

        return new Run([.. asked], fees);
    }

    private void Show(StrategyReadingOptions strategies)
    {
        strategies.Mode = Mode;
        if (NotesFirst)
        {
            (strategies.Count, strategies.MinimumSimilarity) = (Several, -1);
        }
    }
}
