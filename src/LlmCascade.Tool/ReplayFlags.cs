using System.CommandLine;
using System.Globalization;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary>The flags of <c>llmcascade replay</c>, and what they mean together.</summary>
internal sealed class ReplayFlags
{
    private readonly Option<string> _stream = Text("--stream", "FILE.tsv[.gz]", "The recorded stream: tab-separated values with a header line.");
    private readonly Option<string> _text = Text("--text", "COLUMN", "The column with the texts.");
    private readonly Option<string> _gold = Text("--gold", "COLUMN", "The column with the right labels.");
    private readonly Option<string> _expert = Text(
        "--expert", "COLUMN", "The column with the expert's labels; an empty cell is an answer that could not be parsed.");

    private readonly Option<string[]> _labels = List("--labels", "A,B,…", "The labels; by default the distinct gold labels.");
    private readonly Option<string?> _order = new("--order")
    {
        HelpName = "FILE",
        Description = "Row numbers from 0, one a line: which rows make the stream, in this order.",
    };

    private readonly Option<ReplayBudget> _budget = new("--budget")
    {
        Required = true,
        HelpName = "N|SHARE",
        Description = "The most calls of the expert: a number, or with a decimal point a share of the items.",
        CustomParser = FlagValues.Budget,
    };

    private readonly Option<double?> _expertCost = Number(
        "--expert-cost", "What a call of the expert costs, where an answer of a BERT-base costs 1; 1182 by default, and 636 for the paper's cheaper expert.");

    private readonly Option<ReplayMethod?> _method = Choice<ReplayMethod>(
        "--method", "cascade|distilled|ensemble|random", "Who labels the stream; cascade by default.");

    private readonly Option<string?> _trainOrder = new("--train-order")
    {
        HelpName = "FILE",
        Description = "For --method distilled: the rows to train on, of which the first as many as the budget allows are paid for.",
    };

    private readonly Option<ReplayMode[]> _modes = new("--mode")
    {
        HelpName = "default|paper",
        Description = "By whose rules the cascade works; both, as default,paper, come into one table; default by default.",
        CustomParser = FlagValues.Modes,
    };

    private readonly Option<double?> _mu = Number("--mu", "Paper mode: the weight of the cost; 0.0005 by default.");
    private readonly Option<string?> _settings = new("--settings")
    {
        HelpName = "imdb-small|…",
        Description = "Paper mode: the row of the paper's table of settings; imdb-small by default.",
    };

    private readonly Option<ReplayDeferral?> _deferral = Choice<ReplayDeferral>(
        "--deferral", "calibrated|maxprob|entropy", "Default mode: by what it is decided which items the expert gets; calibrated by default.");

    private readonly Option<int?> _warmUp = Count("--warm-up", "N", "Default mode: how many demonstrations a student learns before an answer of it is kept.");
    private readonly Option<double?> _auditShare = Number("--audit-share", "Default mode: the share of kept answers about which the expert is asked as well.");
    private readonly Option<string?> _tiers = new("--tiers")
    {
        HelpName = "lr|embed|lr+bert|…[,…]",
        Description = "The students, cheapest first: lr looks at words, embed at words and an embedding, bert is fine-tuned; lr by default. Several such lists, with commas between, are compared with the first.",
    };

    private readonly Option<string?> _model = new("--model") { HelpName = "FOLDER", Description = "For embed and bert: the folder of a BERT model." };
    private readonly Option<int?> _maxTokens = Count("--max-tokens", "N", "For embed and bert: how many tokens of a text are read.");
    private readonly Option<int?> _frozenLayers = Count("--frozen-layers", "N", "For bert: how many of the lowest layers never change.");
    private readonly Option<double?> _steps = Number("--steps", "For bert: how many steps are taken for each demonstration.");
    private readonly Option<string?> _resume = new("--resume") { HelpName = "FOLDER", Description = "Save the runs there, once a minute and when interrupted, and take them up where they were." };
    private readonly Option<ulong> _seed = new("--seed") { HelpName = "S", Description = "The seed of the first run; 0 by default.", CustomParser = FlagValues.Seed };
    private readonly Option<int?> _seeds = Count("--seeds", "K", "How many seeds, from the first one on; 1 by default.");
    private readonly Option<int?> _shuffles = Count("--shuffles", "K", "How many random orders of the stream; without it the order is the recorded one.");

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object instead of a table." };

    public IEnumerable<Option> All =>
    [
        _stream, _text, _gold, _expert, _labels, _order, _budget, _expertCost, _method, _trainOrder, _modes, _mu, _settings,
        _deferral, _warmUp, _auditShare, _tiers, _model,
        _maxTokens, _frozenLayers, _steps, _resume, _seed, _seeds, _shuffles, Json,
    ];

    /// <summary>Reads the stream, and what is to be replayed: one set of options for each mode.</summary>
    /// <exception cref="ArgumentException">Flags contradict each other or the stream.</exception>
    public (RecordedStream Stream, List<ReplayOptions> Choices) Read(ParseResult parsed, TierModels models)
    {
        var modes = Given(_modes) ?? [ReplayMode.Default];
        var method = parsed.GetValue(_method) ?? ReplayMethod.Cascade;
        var trainOrder = parsed.GetValue(_trainOrder);
        if (method == ReplayMethod.Distilled != trainOrder is not null)
        {
            throw new ArgumentException("--method distilled and --train-order go together.");
        }

        if ((parsed.GetValue(_mu) is not null || parsed.GetValue(_settings) is not null) && !modes.Contains(ReplayMode.Paper))
        {
            throw new ArgumentException("--mu and --settings need --mode paper.");
        }

        var names = (parsed.GetValue(_tiers) ?? "lr").Split(',', '+');
        if ((parsed.GetValue(_model) is not null || parsed.GetValue(_maxTokens) is not null) && !names.Contains("embed") && !names.Contains("bert"))
        {
            throw new ArgumentException("--model and --max-tokens need a tier embed or bert.");
        }

        if ((parsed.GetValue(_frozenLayers) is not null || parsed.GetValue(_steps) is not null) && !names.Contains("bert"))
        {
            throw new ArgumentException("--frozen-layers and --steps need a tier bert.");
        }

        if (parsed.GetValue(_deferral) is not null && !modes.Contains(ReplayMode.Default))
        {
            throw new ArgumentException("--deferral needs --mode default.");
        }

        var path = parsed.GetValue(_stream)!;
        var stream = Load(Given(_labels), parsed.GetValue(_order));
        var training = trainOrder is null ? null : Load(stream.Labels.Labels, trainOrder);
        var defaults = new ReplayOptions(parsed.GetValue(_budget)!);
        var tierSets = (parsed.GetValue(_tiers) ?? "lr").Split(',').Select(names => names.Split('+').Select(name => TierOf(name, parsed, models)).ToList()).ToList();
        var choices = tierSets.SelectMany(tiers => modes.Select(mode => defaults with
        {
            Method = method,
            Mode = mode,
            Mu = mode == ReplayMode.Paper ? parsed.GetValue(_mu) : null,
            Settings = mode == ReplayMode.Paper ? parsed.GetValue(_settings) : null,
            Deferral = (mode == ReplayMode.Default ? parsed.GetValue(_deferral) : null) ?? ReplayDeferral.Calibrated,
            Tiers = tiers,
            Training = training,
            ExpertCost = parsed.GetValue(_expertCost) ?? defaults.ExpertCost,
            ResumeFolder = parsed.GetValue(_resume),
            Seed = parsed.GetValue(_seed),
            Seeds = parsed.GetValue(_seeds) ?? 1,
            Shuffles = parsed.GetValue(_shuffles) ?? 0,
        })).ToList();
        choices.ForEach(options => options.Validate(stream));
        tierSets.SelectMany(tiers => tiers).DistinctBy(tier => tier.Name).ToList().ForEach(tier => TierModels.Try(tier, stream.Labels));
        return (stream, choices);

        RecordedStream Load(IEnumerable<string>? labels, string? order) => RecordedStream.Load(
            path, parsed.GetValue(_text)!, parsed.GetValue(_gold)!, parsed.GetValue(_expert)!, labels, order);

        // The value of a list that is not given is an empty list.
        T? Given<T>(Option<T> option)
            where T : class => parsed.GetResult(option) is null ? null : parsed.GetValue(option);
    }

    private ReplayTier TierOf(string name, ParseResult parsed, TierModels models)
    {
        var folder = parsed.GetValue(_model);
        if (name is not ("lr" or "embed" or "bert"))
        {
            throw new ArgumentException($"There is no tier '{name}'; there are lr, embed and bert.");
        }

        if (name != "lr" && folder is null)
        {
            throw new ArgumentException($"The tier {name} needs --model FOLDER.");
        }

        var embeddings = name == "embed" ? models.EmbeddingsOf(folder!, parsed.GetValue(_maxTokens)) : null;
        return new ReplayTier(name, student =>
        {
            student.WarmUp = parsed.GetValue(_warmUp) ?? student.WarmUp;
            student.AuditShare = parsed.GetValue(_auditShare) ?? student.AuditShare;
            _ = name switch
            {
                "embed" => student.UseEmbeddings(embeddings!),
                "bert" => student.UseBert(folder!, bert =>
                {
                    bert.MaxTokens = parsed.GetValue(_maxTokens) ?? bert.MaxTokens;
                    bert.FrozenLayers = parsed.GetValue(_frozenLayers) ?? bert.FrozenLayers;
                    bert.StepsPerDemonstration = parsed.GetValue(_steps) ?? bert.StepsPerDemonstration;
                }),
                _ => student,
            };
        })
        {
            Settings = string.Create(CultureInfo.InvariantCulture, $"{(name == "lr" || parsed.GetValue(_resume) is null ? null : models.FingerprintOf(folder!))} {parsed.GetValue(_warmUp)} {parsed.GetValue(_auditShare)} {parsed.GetValue(_maxTokens)} {parsed.GetValue(_frozenLayers)} {parsed.GetValue(_steps)}"),
        };
    }

    private static Option<string> Text(string name, string value, string description) =>
        new(name) { Required = true, HelpName = value, Description = description };

    private static Option<string[]> List(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, CustomParser = FlagValues.Words };

    private static Option<int?> Count(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description, CustomParser = FlagValues.Count };

    private static Option<double?> Number(string name, string description) =>
        new(name) { HelpName = "X", Description = description, CustomParser = FlagValues.Number };

    private static Option<T?> Choice<T>(string name, string values, string description)
        where T : struct, Enum => new(name)
        {
            HelpName = values,
            Description = description,
            CustomParser = result => FlagValues.OneOf<T>(result, result.Tokens[0].Value),
        };
}
