using System.CommandLine;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary><c>llmcascade replay</c>.</summary>
internal static class ReplayCommand
{
    public static Command Create(TextWriter output, ProgressLine progress)
    {
        var flags = new ReplayFlags();
        var command = new Command("replay", "Replays a recorded stream, once for each seed, and reports accuracy, calls and costs.");
        foreach (var option in flags.All)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(flags, parsed, output, progress, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ReplayFlags flags, ParseResult parsed, TextWriter output, ProgressLine progress, CancellationToken cancellationToken)
    {
        using var models = new TierModels();
        var (stream, choices) = BadInputException.Tell(() => flags.Read(parsed, models));
        var reports = new List<ReplayReport>();
        foreach (var options in choices)
        {
            progress.Title = choices.Count > 1 ? $"{options.Mode.ToString().ToLowerInvariant()}, {string.Join('+', options.Tiers.Select(tier => tier.Name))}, " : "";
            reports.Add(await Replay.RunAsync(stream, options, progress, cancellationToken));
        }

        progress.Clear();
        List<ReplayComparison> againstFirst = [.. reports.Skip(1).Select(report => Replay.Compare(stream, reports[0], report))];
        return BadInputException.Tell(() => Write(output, parsed.GetValue(flags.Json), reports, againstFirst));
    }

    private static int Write(TextWriter output, bool asJson, List<ReplayReport> reports, List<ReplayComparison> againstFirst)
    {
        if (!asJson)
        {
            ReplayTable.Write(output, reports, againstFirst);
        }
        else if (reports is [var only])
        {
            output.WriteLine(only.ToJson());
        }
        else
        {
            output.WriteLine($"{{\"modes\":[{string.Join(',', reports.Select(report => report.ToJson()))}],\"againstFirst\":[{string.Join(',', againstFirst.Select(each => each.ToJson()))}]}}");
        }

        return ExitCodes.Done;
    }
}
