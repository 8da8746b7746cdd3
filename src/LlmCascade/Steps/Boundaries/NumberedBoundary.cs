using System.Text.RegularExpressions;

namespace LlmCascade.Steps.Boundaries;

/// <summary>Steps begin with their number.</summary>
/// <remarks>Nothing is safe to stop at: words before the first step would be all that a model gets to write.</remarks>
internal sealed partial class NumberedBoundary() : StepBoundary(
    "numbered-1", "\n", """Work in steps, each of which begins a new line with "Step" and its number, such as "Step 1:". """ + AnswerInstruction)
{
    private const int LongestMark = 32;

    // A mark counts once it cannot become anything else, such as "3." the number 3.5.
    [GeneratedRegex(
        """
        \A [ ]{0,3} [*_\#>]{0,6} [ ]?
        (?: step [ ]{0,2} [0-9]{1,3} [*_]{0,3} (?: [:：)] | [.][^0-9] | [ ]?[-–—][ ] | (?<=[*_])\s | \r?\n )
          | [0-9]{1,3} [.)] (?: \s | [*_]{1,3}[^*_] )
          | \([0-9]{1,3}\) [\s*_] )
        """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Mark { get; }

    private protected override int? EndOf(ReadOnlySpan<char> text)
    {
        bool? haveWords = null;
        var lines = new LineStarts(text);
        while (lines.MoveNext())
        {
            if (FindMark(lines.Rest) is not { } hasWord)
            {
                continue;
            }

            if (haveWords is null)
            {
                haveWords = hasWord;
            }
            else if (hasWord == haveWords)
            {
                return lines.Start;
            }
        }

        return null;
    }

    // Whether a line begins with a mark, and that one with the word.
    private static bool? FindMark(ReadOnlySpan<char> line)
    {
        foreach (var mark in Mark.EnumerateMatches(line.Length > LongestMark ? line[..LongestMark] : line))
        {
            return line[..mark.Length].Contains("step", StringComparison.OrdinalIgnoreCase);
        }

        return null;
    }
}
