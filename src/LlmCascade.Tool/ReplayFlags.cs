using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary>The flags of <c>llmcascade replay</c>, and what they mean together.</summary>
internal sealed class ReplayFlags
{
    private readonly Option<string> _stream = new("--stream") { Required = true, HelpName = "FILE.tsv[.gz]", Description = "The recorded stream: tab-separated values with a header line." };
    private readonly Option<string> _text = new("--text") { Required = true, HelpName = "COLUMN", Description = "The column with the texts." };
    private readonly Option<string> _gold = new("--gold") { Required = true, HelpName = "COLUMN", Description = "The column with the right labels." };
    private readonly Option<string> _expert = new("--expert") { Required = true, HelpName = "COLUMN", Description = "The column with the expert's labels; an empty cell is an answer that could not be parsed." };
    private readonly Option<string[]> _labels = new("--labels") { HelpName = "A,B,…", Description = "The labels; by default the distinct gold labels.", CustomParser = Words };
    private readonly Option<string?> _order = new("--order") { HelpName = "FILE", Description = "Row numbers from 0, one a line: which rows make the stream, in this order." };
    private readonly Option<ReplayBudget> _budget = new("--budget") { Required = true, HelpName = "N|SHARE", Description = "The most calls of the expert: a number, or with a decimal point a share of the items.", CustomParser = Budget };
    private readonly Option<ReplayMethod?> _method = Choice<ReplayMethod>("--method", "cascade|distilled|ensemble|random", "Who labels the stream; cascade by default.");
    private readonly Option<string?> _trainOrder = new("--train-order") { HelpName = "FILE", Description = "For --method distilled: the rows to train on, of which the first as many as the budget allows are paid for." };
    private readonly Option<ReplayMode[]> _modes = new("--mode") { HelpName = "default|paper", Description = "By whose rules the cascade works; both, as default,paper, come into one table; default by default.", CustomParser = Modes };
    private readonly Option<double?> _mu = new("--mu") { HelpName = "X", Description = "Paper mode: the weight of the cost.", CustomParser = result => Number<double?>(result, text => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)) };
    private readonly Option<string?> _settings = new("--settings") { HelpName = "imdb-small|…", Description = "Paper mode: the row of the paper's table of settings." };
    private readonly Option<ReplayDeferral?> _deferral = Choice<ReplayDeferral>("--deferral", "calibrated|maxprob|entropy", "Default mode: by what it is decided which items the expert gets; calibrated by default.");
    private readonly Option<string[]> _tiers = new("--tiers") { HelpName = "lr", Description = "The students, cheapest first.", CustomParser = Words };
    private readonly Option<ulong> _seed = new("--seed") { HelpName = "S", Description = "The seed of the first run; 0 by default.", CustomParser = result => Number(result, text => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)) };
    private readonly Option<int?> _seeds = Count("--seeds", "How many seeds, from the first one on; 1 by default.");
    private readonly Option<int?> _shuffles = Count("--shuffles", "How many random orders of the stream; without it the order is the recorded one.");

    public Option<bool> Json { get; } = new("--json") { Description = "Print one JSON object instead of a table." };

    public IEnumerable<Option> All =>
    [
        _stream, _text, _gold, _expert, _labels, _order, _budget, _method, _trainOrder, _modes, _mu, _settings, _deferral, _tiers, _seed, _seeds, _shuffles, Json,
    ];

    /// <summary>Reads the stream, and what is to be replayed: one set of options for each mode.</summary>
    /// <exception cref="ArgumentException">Flags contradict each other or the stream.</exception>
    public (RecordedStream Stream, List<ReplayOptions> Choices) Read(ParseResult parsed)
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

        var path = parsed.GetValue(_stream)!;
        var stream = Load(Given(_labels), parsed.GetValue(_order));
        var training = trainOrder is null ? null : Load(stream.Labels.Labels, trainOrder);
        return (stream, [.. modes.Select(mode => new ReplayOptions(parsed.GetValue(_budget)!)
        {
            Method = method,
            Mode = mode,
            Mu = mode == ReplayMode.Paper ? parsed.GetValue(_mu) : null,
            Settings = mode == ReplayMode.Paper ? parsed.GetValue(_settings) : null,
            Deferral = parsed.GetValue(_deferral) ?? ReplayDeferral.Calibrated,
            Tiers = [.. (Given(_tiers) ?? ["lr"]).Select(TierOf)],
            Training = training,
            Seed = parsed.GetValue(_seed),
            Seeds = parsed.GetValue(_seeds) ?? 1,
            Shuffles = parsed.GetValue(_shuffles) ?? 0,
        })]);

        RecordedStream Load(IEnumerable<string>? labels, string? order) => RecordedStream.Load(
            path, parsed.GetValue(_text)!, parsed.GetValue(_gold)!, parsed.GetValue(_expert)!, labels, order);

        // The value of a list that is not given is an empty list.
        T? Given<T>(Option<T> option)
            where T : class => parsed.GetResult(option) is null ? null : parsed.GetValue(option);
    }

    private static ReplayTier TierOf(string name) => name == "lr"
        ? ReplayTier.LogisticRegression
        : throw new ArgumentException($"There is no tier '{name}'; there is lr.");

    private static Option<int?> Count(string name, string description) => new(name)
    {
        HelpName = "K",
        Description = description,
        CustomParser = result => Number<int?>(result, text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)),
    };

    private static Option<T?> Choice<T>(string name, string values, string description)
        where T : struct, Enum => new(name)
        {
            HelpName = values,
            Description = description,
            CustomParser = result => OneOf<T>(result, result.Tokens[0].Value),
        };

    private static ReplayMode[] Modes(ArgumentResult result)
    {
        ReplayMode[] modes = [.. Words(result)!.Select(word => OneOf<ReplayMode>(result, word))];
        if (modes.Distinct().Count() < modes.Length)
        {
            result.AddError("--mode names a mode twice.");
        }

        return modes;
    }

    private static T OneOf<T>(ArgumentResult result, string word)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToArray();
        if (Array.IndexOf(names, word) is >= 0 and var place)
        {
            return Enum.GetValues<T>()[place];
        }

        result.AddError($"{NameOf(result)} is one of {string.Join(", ", names)}, and not '{word}'.");
        return default;
    }

    private static ReplayBudget? Budget(ArgumentResult result)
    {
        try
        {
            return ReplayBudget.Parse(result.Tokens[0].Value);
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return null;
        }
    }

    private static T? Number<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens[0].Value);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            result.AddError($"{NameOf(result)} takes a number, and not '{result.Tokens[0].Value}'.");
            return default;
        }
    }

    private static string[] Words(ArgumentResult result) => result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries);

    private static string NameOf(ArgumentResult result) => ((OptionResult)result.Parent!).Option.Name;
}
