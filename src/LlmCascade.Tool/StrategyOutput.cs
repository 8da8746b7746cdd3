using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmCascade.Tool;

/// <summary>Writes strategies: as a table for people, as JSON for programs.</summary>
internal static class StrategyOutput
{
    private const int LongestQuery = 60;

    private static readonly StrategyJsonContext _oneLine = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    private static readonly StrategyJsonContext _indented = new(new JsonSerializerOptions(_oneLine.Options) { WriteIndented = true });

    public static void WriteTable(TextWriter output, IReadOnlyList<Strategy> strategies)
    {
        string[] header = ["id", "scope", "producer", "made", "status", "shown", "won", "lost", "query"];
        string[][] rows = [header, .. strategies.Select(Row)];
        var widths = Enumerable.Range(0, header.Length - 1).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine($"{string.Concat(widths.Select((width, column) => $"{row[column].PadRight(width)}  "))}{row[^1]}");
        }
    }

    public static void WriteLines(TextWriter output, IEnumerable<Strategy> strategies)
    {
        foreach (var strategy in strategies)
        {
            output.WriteLine(JsonSerializer.Serialize(ExportedStrategy.Of(strategy), _oneLine.ExportedStrategy));
        }
    }

    public static void WriteObject(TextWriter output, Strategy strategy) =>
        output.WriteLine(JsonSerializer.Serialize(ExportedStrategy.Of(strategy), _indented.ExportedStrategy));

    private static string[] Row(Strategy strategy) =>
    [
        strategy.Id,
        Plain(strategy.Scope),
        Plain(strategy.Producer),
        strategy.CreatedAt.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
        strategy.Status.ToString().ToLowerInvariant(),
        strategy.Counters.Shown.ToString(CultureInfo.InvariantCulture),
        strategy.Counters.Wins.ToString("0.##", CultureInfo.InvariantCulture),
        strategy.Counters.Losses.ToString("0.##", CultureInfo.InvariantCulture),
        Plain(strategy.Query.Length <= LongestQuery ? strategy.Query : strategy.Query[..(LongestQuery - 1)] + "…"),
    ];

    // A text of somebody's must not steer the terminal.
    private static string Plain(string text) => string.Concat(text.Select(each => char.IsControl(each) || char.GetUnicodeCategory(each) == UnicodeCategory.Format ? ' ' : each));
}
