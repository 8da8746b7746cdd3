using System.Buffers;
using System.Text.RegularExpressions;

namespace LlmCascade.Steps;

/// <summary>Finds the final answer that a text announces.</summary>
internal static partial class FinalAnswer
{
    private const string Boxed = @"\boxed{";
    private const string Hashes = "####";
    private const string BeforeNumber = "$€£¥+-−~≈ \\(*";

    private const int MostWords = 3;

    private static readonly SearchValues<char> _decoration = SearchValues.Create("*_#>`- \t");
    private static readonly SearchValues<char> _emphasis = SearchValues.Create("*_` \t");

    // Longer ones first.
    private static readonly string[] _announcements = ["final answer", "answer", "a"];
    private static readonly string[] _statements = ["the final answer is", "the answer is"];

    /// <summary>Tells whether a step gives the final answer.</summary>
    public static bool IsIn(string step) => Of(step) is { Length: > 0 };

    /// <summary>Tells whether a step announces the final answer and leaves it to the next one.</summary>
    public static bool IsAnnouncedIn(string step) => Of(step) is "";

    /// <summary>Finds the last final answer of a text: what stands behind its mark, or within its box.</summary>
    /// <returns>The answer, trimmed; <see langword="null"/> where none is announced.</returns>
    public static string? Of(string text)
    {
        var rest = text.AsSpan();
        for (var end = rest.Length; end >= 0;)
        {
            var start = rest[..end].LastIndexOf('\n') + 1;
            if (InLine(rest[start..end], rest[start..]) is { } answer)
            {
                return answer;
            }

            end = start - 1;
        }

        return null;
    }

    private static string? InLine(ReadOnlySpan<char> line, ReadOnlySpan<char> rest)
    {
        if (line.LastIndexOf(Boxed, StringComparison.Ordinal) is var box and >= 0)
        {
            return Content(rest[(box + Boxed.Length)..]);
        }

        if (line.LastIndexOf(Hashes, StringComparison.Ordinal) is var hashes and >= 0
            && line[(hashes + Hashes.Length)..].Trim() is var number
            && IsNumber(number.TrimStart(BeforeNumber)))
        {
            return number.ToString();
        }

        // "Step 3: Answer: 9"
        var mark = StepMark.EnumerateMatches(line);
        var start = mark.MoveNext() ? mark.Current.Length : 0;
        var begin = line[start..].IndexOfAnyExcept(_decoration) is var skipped and >= 0 ? start + skipped : -1;
        if (begin < 0 || BehindMark(line[begin..]) is not { } behind)
        {
            return null;
        }

        var answer = line[(begin + behind)..].Trim(" \t\r*_`");
        return (answer.IsEmpty ? rest[(begin + behind)..].Trim(" \t\r\n*_`") : answer).ToString();
    }

    // A heading of Markdown is no answer, also one with a number such as "#### 2. Add".
    private static bool IsNumber(ReadOnlySpan<char> text) =>
        text is [>= '0' and <= '9', ..] && !(text.TrimStart("0123456789") is ['.' or ')', ' ', ..]);

    [GeneratedRegex(@"\A[*_#>\s]{0,8}(?:step\s{0,2}[0-9]{1,3}[*_]{0,3}\s?[:.)]|[0-9]{1,3}[.)])(?=[*_\s])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex StepMark { get; }

    private static int? BehindMark(ReadOnlySpan<char> line)
    {
        foreach (var mark in _announcements)
        {
            if (line.StartsWith(mark, StringComparison.OrdinalIgnoreCase)
                && line[mark.Length..].IndexOfAnyExcept(_emphasis) is var colon and >= 0
                && line[mark.Length + colon] is ':' or '：'
                && (mark.Length > 1 || IsNumber(line[(mark.Length + colon + 1)..].TrimStart(BeforeNumber))))
            {
                return mark.Length + colon + 1;
            }
        }

        foreach (var mark in _statements)
        {
            if (line.StartsWith(mark, StringComparison.OrdinalIgnoreCase)
                && (line.Length == mark.Length || !char.IsLetterOrDigit(line[mark.Length])))
            {
                var behind = line[mark.Length..];
                if (behind is [':' or '：', ..])
                {
                    return mark.Length + 1;
                }

                // "The answer is found by adding them" says how, and not what.
                if (IsNumber(behind.TrimStart(BeforeNumber)) || behind.Trim().Count(' ') < MostWords)
                {
                    return mark.Length;
                }
            }
        }

        return null;
    }

    // Up to the brace that closes the box; to the end of a text that was cut before.
    private static string Content(ReadOnlySpan<char> text)
    {
        var depth = 1;
        for (var end = 0; end < text.Length; end++)
        {
            depth += text[end] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return text[..end].Trim().ToString();
            }
        }

        return text.Trim().ToString();
    }
}
