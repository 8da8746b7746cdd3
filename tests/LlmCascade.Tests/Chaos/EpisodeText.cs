using System.Globalization;
using System.Text;

namespace LlmCascade.Tests.Chaos;

/// <summary>Writes down a whole episode, so that two looks at it can be compared.</summary>
internal static class EpisodeText
{
    public static string Of(Episode episode) => $"{episode.Id} {episode.Key} {LengthOf(episode.Answer)}\n{Of(episode.Root)}";

    public static string Of(Attempt root)
    {
        var text = new StringBuilder();
        Add(text, root, "");
        return text.ToString();
    }

    private static void Add(StringBuilder text, Attempt attempt, string indent)
    {
        text.Append(CultureInfo.InvariantCulture, $"{indent}{attempt}, answer {LengthOf(attempt.Generation)}, usage {attempt.Usage?.InputTokenCount}/{attempt.Usage?.OutputTokenCount} {attempt.UsageState}, ");
        text.Append(CultureInfo.InvariantCulture, $"cost {attempt.Cost} {attempt.IsCostComplete}, {attempt.Latency}, {(attempt.IsAbandoned ? "abandoned, " : "")}{attempt.Failure?.GetType().Name} {attempt.Failure?.Message}\n");
        foreach (var child in attempt.Children)
        {
            Add(text, child, indent + "  ");
        }
    }

    private static int? LengthOf(Generation? generation) =>
        generation is null ? null : generation.Response?.Messages.Sum(message => message?.Text.Length ?? 0);
}
