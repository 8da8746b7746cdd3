using System.Buffers;

namespace LlmCascade.Agreement.Measures;

/// <summary>Finds what an answer comes to.</summary>
internal static class Conclusion
{
    private const string Boxed = @"\boxed{";
    private const string Hashes = "####";
    private const string Inline = "answer is";

    private static readonly SearchValues<char> _decoration = SearchValues.Create("*_#>`- \t\r");
    private static readonly SearchValues<char> _beforeColon = SearchValues.Create("*_ ");
    private static readonly SearchValues<char> _beforeContent = SearchValues.Create(" :*_\r\n\t");

    // What may stand before "answer is".
    private static readonly string[] _articles = ["the ", "the final ", "the correct ", "final "];
    private static readonly string[] _lineMarks = ["final answer", "answer", "a"];
    private static readonly string[] _abbreviations = ["approx", "dr", "mr", "mrs", "ms", "no", "st", "vs"];

    /// <summary>Finds what stands behind the last explicit mark of a conclusion.</summary>
    /// <returns>An empty span where there is none.</returns>
    public static ReadOnlySpan<char> Explicit(ReadOnlySpan<char> text)
    {
        Found found = default;
        AddInline(text, ref found);
        AddLine(text, ref found);
        AddBoxed(text, ref found);
        return text[found.Start..found.End];
    }

    private static void AddBoxed(ReadOnlySpan<char> text, ref Found found)
    {
        var mark = text.LastIndexOf(Boxed, StringComparison.Ordinal);
        if (mark < 0)
        {
            return;
        }

        var start = mark + Boxed.Length;
        var depth = 1;
        for (var end = start; end < text.Length; end++)
        {
            depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
            if (depth == 0)
            {
                found.Add(text, mark, start, end);
                return;
            }
        }
    }

    private static void AddInline(ReadOnlySpan<char> text, ref Found found)
    {
        var (mark, start) = (-1, 0);
        for (int next; (next = text[start..].IndexOf(Inline, StringComparison.OrdinalIgnoreCase)) >= 0;)
        {
            next += start;
            start = next + Inline.Length;
            mark = HasArticle(text[..next]) && (start == text.Length || !char.IsLetterOrDigit(text[start])) ? next : mark;
        }

        if (mark >= 0 && text[(mark + Inline.Length)..].IndexOfAnyExcept(_beforeContent) is var skipped and >= 0)
        {
            start = mark + Inline.Length + skipped;
            found.Add(text, mark, start, EndOfSentence(text, start));
        }
    }

    private static bool HasArticle(ReadOnlySpan<char> before)
    {
        foreach (var article in _articles)
        {
            if (before.EndsWith(article, StringComparison.OrdinalIgnoreCase)
                && (before.Length == article.Length || !char.IsLetterOrDigit(before[before.Length - article.Length - 1])))
            {
                return true;
            }
        }

        return false;
    }

    private static int EndOfSentence(ReadOnlySpan<char> text, int start)
    {
        for (var end = start; end < text.Length; end++)
        {
            if (text[end] is '\n' or '。' or '！' or '？'
                || (text[end] is '.' or '!' or '?' && (end + 1 == text.Length || char.IsWhiteSpace(text[end + 1])) && !IsAbbreviation(text[start..], end - start)))
            {
                return end;
            }
        }

        return text.Length;
    }

    // One of several initials, or one of a few words.
    private static bool IsAbbreviation(ReadOnlySpan<char> text, int point)
    {
        var word = text[(text[..point].LastIndexOf(' ') + 1)..point];
        if (word.Length == 1 && char.IsUpper(word[0]))
        {
            return text[(point + 1)..] is [' ', >= 'A' and <= 'Z', '.', ..] || text[..(point - 1)] is [.., >= 'A' and <= 'Z', '.', ' '];
        }

        foreach (var abbreviation in _abbreviations)
        {
            if (word.Equals(abbreviation, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // The last line that begins with a mark; where nothing else stands in it, the next one.
    private static void AddLine(ReadOnlySpan<char> text, ref Found found)
    {
        var (isLast, next) = (true, (Start: -1, End: -1));
        for (var end = text.Length; end >= 0;)
        {
            var start = text[..end].LastIndexOf('\n') + 1;
            var line = text[start..end];
            var content = BehindMark(line, isLast);
            if (content >= 0 && line[content..].ContainsAnyExcept(_decoration))
            {
                found.Add(text, start, start + content, end);
                return;
            }

            if (content >= 0 && next.Start >= 0)
            {
                found.Add(text, start, next.Start, next.End);
                return;
            }

            if (line.ContainsAnyExcept(_decoration))
            {
                next = (start, end);
                isLast = false;
            }

            end = start - 1;
        }
    }

    private static int BehindMark(ReadOnlySpan<char> line, bool isLast)
    {
        // Before anything but the last line four of them make a heading.
        if (isLast && line.TrimStart().StartsWith(Hashes, StringComparison.Ordinal))
        {
            return line.IndexOf(Hashes, StringComparison.Ordinal) + Hashes.Length;
        }

        var begin = line.IndexOfAnyExcept(_decoration);
        if (begin < 0)
        {
            return -1;
        }

        foreach (var mark in _lineMarks)
        {
            if (line[begin..].StartsWith(mark, StringComparison.OrdinalIgnoreCase))
            {
                var behind = begin + mark.Length;
                var colon = line[behind..].IndexOfAnyExcept(_beforeColon);
                return colon >= 0 && line[behind + colon] is ':' or '：' ? behind + colon + 1 : -1;
            }
        }

        return -1;
    }

    private ref struct Found
    {
        private int _mark;

        public int Start { get; private set; }

        public int End { get; private set; }

        public void Add(ReadOnlySpan<char> text, int mark, int start, int end)
        {
            if (end <= start || (End > 0 && mark < _mark))
            {
                return;
            }

            var content = text[start..end];
            var leading = content.Length - content.TrimStart(" \t\r\n*_`").Length;
            content = content.Trim(" \t\r\n*_`");
            if (content.Length > 2 && content[0] == '$' && content[^1] == '$')
            {
                content = content[1..^1];
                leading++;
            }

            if (!content.IsEmpty)
            {
                (_mark, Start, End) = (mark, start + leading, start + leading + content.Length);
            }
        }
    }
}
