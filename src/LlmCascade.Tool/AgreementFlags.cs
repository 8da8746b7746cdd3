using System.CommandLine;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary>The flags of <c>llmcascade replay-agreement</c>, and what they mean together.</summary>
internal sealed class AgreementFlags
{
    private readonly Option<string> _data = new("--data")
    {
        Required = true,
        HelpName = "FILE.jsonl[.gz]",
        Description = "The recorded answers: JSON objects, one a line, with id, prompt and outputs.",
    };

    private readonly Option<string[]> _ensemble = new("--ensemble")
    {
        Required = true,
        HelpName = "A,B,…",
        Description = "The models that answer together; with --choose those that are chosen from.",
        CustomParser = FlagValues.Words,
    };

    private readonly Option<string> _target = new("--target") { Required = true, HelpName = "D", Description = "The model that answers what is deferred." };
    private readonly Option<Dictionary<string, double>?> _costs = Numbers("--costs", "A=6,B=6,…", "What an answer of each model costs, the target's included, in any one unit.");
    private readonly Option<Dictionary<string, double>?> _latencies = Numbers("--latencies", "A=250,…", "How many milliseconds an answer of each model takes, the target's included.");
    private readonly Option<string?> _measure = new("--measure")
    {
        HelpName = "NAME",
        Description = $"The measure whose score alone decides: {string.Join(", ", AgreementMeasures.Names)}; without it the composite measure with a calibrator.",
    };

    private readonly Option<string?> _model = new("--model") { HelpName = "FOLDER", Description = "The folder of a sentence encoder, for measures that look at embeddings; without it they look at words." };
    private readonly Option<int?> _choose = new("--choose") { HelpName = "N", Description = "Replay every ensemble of N among the models, and report the means.", CustomParser = FlagValues.Count };
    private readonly Option<string?> _group = new("--group") { HelpName = "SEPARATOR", Description = "What ends the name of a prompt's group in its id; groups stay together." };
    private readonly Option<MemberSwap?> _swap = new("--swap")
    {
        HelpName = "A=X",
        Description = "Tell also what becomes of thresholds when the model X takes the place of the member A.",
        CustomParser = FlagValues.Swap,
    };

    private readonly Option<ulong> _seed = new("--seed") { HelpName = "S", Description = "The seed of folds and intervals; 0 by default.", CustomParser = FlagValues.Seed };

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object instead of a table." };

    public IEnumerable<Option> All => [_data, _ensemble, _target, _costs, _latencies, _measure, _model, _choose, _group, _swap, _seed, Json];

    /// <summary>Reads the answers, and what is to be replayed.</summary>
    /// <exception cref="ArgumentException">Flags contradict each other or the data.</exception>
    public (RecordedAnswers Data, AgreementReplayOptions Options, int? Choose) Read(ParseResult parsed, TierModels models)
    {
        var choose = parsed.GetValue(_choose);
        if (choose is not null && (parsed.GetValue(_measure) is not null || parsed.GetValue(_latencies) is not null))
        {
            throw new ArgumentException("--choose tries all measures and prices no single ensemble, and so takes neither --measure nor --latencies.");
        }

        var swap = parsed.GetValue(_swap);
        if (swap is not null && choose is not null)
        {
            throw new ArgumentException("--swap replaces a member of one ensemble, and so goes without --choose.");
        }

        var data = RecordedAnswers.Load(parsed.GetValue(_data)!);
        var options = new AgreementReplayOptions(parsed.GetValue(_ensemble)!, parsed.GetValue(_target)!)
        {
            Costs = parsed.GetValue(_costs),
            Latencies = parsed.GetValue(_latencies),
            Swap = swap,
            GroupSeparator = parsed.GetValue(_group),
            Seed = parsed.GetValue(_seed),
        };
        options.Validate(data);
        var embedder = parsed.GetValue(_model) is { } folder ? models.EmbeddingsOf(folder, maxTokens: null) : null;
        return (data, options with { Embedder = embedder, Measure = parsed.GetValue(_measure) is { } name ? AgreementMeasures.Of(name, embedder) : null }, choose);
    }

    private static Option<Dictionary<string, double>?> Numbers(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, CustomParser = FlagValues.Numbers };
}
