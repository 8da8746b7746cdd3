using System.Text.RegularExpressions;

namespace LlmCascade.Steps.Boundaries;

/// <summary>Reads what a ReAct transcript consists of.</summary>
internal static partial class ReActText
{
    private const int LongestMark = 48;

    [GeneratedRegex(@"\A[ \t]{0,8}[*_#>]{0,6}[ ]?(?:thought|action|observation)[ ]?[0-9]{0,3}[*_]{0,3}[:：]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Mark { get; }

    /// <summary>Tells what a line begins, and the number of characters of its mark.</summary>
    public static (ReActPart Part, int Length) PartAt(ReadOnlySpan<char> line)
    {
        foreach (var match in Mark.EnumerateMatches(line.Length > LongestMark ? line[..LongestMark] : line))
        {
            var mark = line[..match.Length];
            var part = mark.Contains("thought", StringComparison.OrdinalIgnoreCase) ? ReActPart.Thought
                : mark.Contains("action", StringComparison.OrdinalIgnoreCase) ? ReActPart.Action
                : ReActPart.Observation;
            return (part, match.Length);
        }

        return default;
    }

    /// <summary>Finds where a text goes on behind what was observed; its end where it does not.</summary>
    public static int EndOfObservation(ReadOnlySpan<char> text)
    {
        var isWithin = false;
        for (var lines = new LineStarts(text); lines.MoveNext();)
        {
            switch (PartAt(lines.Rest).Part)
            {
                case ReActPart.Observation:
                    isWithin = true;
                    break;
                case ReActPart.Thought or ReActPart.Action:
                    return lines.Start;
                default:
                    if (!isWithin && !char.IsWhiteSpace(lines.Rest is [var first, ..] ? first : ' '))
                    {
                        return lines.Start;
                    }

                    break;
            }
        }

        return text.Length;
    }

    /// <summary>Finds what a step does: its action with the input, without their mark.</summary>
    /// <returns>An empty span where it does nothing.</returns>
    public static ReadOnlySpan<char> ActionIn(ReadOnlySpan<char> step)
    {
        for (var lines = new LineStarts(step); lines.MoveNext();)
        {
            if (PartAt(lines.Rest) is (ReActPart.Action, var length))
            {
                return lines.Rest[length..];
            }
        }

        return [];
    }
}
