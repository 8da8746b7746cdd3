using System.Buffers;

namespace LlmCascade.Steps.Boundaries;

/// <summary>Each sentence is a step.</summary>
internal sealed class SentenceBoundary() : StepBoundary(
    "sentence-1", " ", "Work in steps, each of which is one short sentence. " + AnswerInstruction)
{
    private static readonly SearchValues<char> _ends = SearchValues.Create(".!?…。！？\n");
    private static readonly SearchValues<char> _closing = SearchValues.Create(".!?…。！？\"'”’»)]}*_」』）】");

    private static readonly SearchValues<char> _beforeWord = SearchValues.Create(" \t\n\"'“‘([*_-");

    // With points within, such as "e.g", a word is an abbreviation anyway.
    private static readonly string[] _abbreviations =
        ["Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Sr", "Jr", "No", "Nos", "Fig", "fig", "Eq", "eq", "vs", "cf", "approx", "resp"];

    private protected override int? EndOf(ReadOnlySpan<char> text)
    {
        var start = text.Length - text.TrimStart().Length;
        for (var place = start; text[place..].IndexOfAny(_ends) is var skipped and >= 0; place++)
        {
            place += skipped;
            if (text[place] == '\n')
            {
                if (IsBlankLine(text[(place + 1)..]))
                {
                    return place;
                }

                continue;
            }

            var length = text[(place + 1)..].IndexOfAnyExcept(_closing);
            if (length < 0)
            {
                return null;
            }

            var end = place + 1 + length;
            if (char.IsWhiteSpace(text[end]) ? !IsWithin(text[start..end], place - start) : IsFullWidth(text[place..end]))
            {
                return end;
            }

            place = end - 1;
        }

        return null;
    }

    private static bool IsFullWidth(ReadOnlySpan<char> marks) => marks.ContainsAny('。', '！', '？');

    private static bool IsBlankLine(ReadOnlySpan<char> text) =>
        text.IndexOfAnyExcept(" \t\r") is var length and >= 0 && text[length] == '\n';

    // A single point behind the number of an item, an initial or an abbreviation goes on.
    private static bool IsWithin(ReadOnlySpan<char> sentence, int point)
    {
        if (sentence[point] != '.' || point == 0 || sentence[point..].Length > 1)
        {
            return false;
        }

        var before = sentence[..point];
        if (!before.ContainsAnyExceptInRange('0', '9'))
        {
            return true;
        }

        var word = before[(before.LastIndexOfAny(_beforeWord) + 1)..];
        return word is [>= 'A' and <= 'Z' and not 'I'] || IsDotted(word) || IsAbbreviation(word);
    }

    // A letter before each point, as in "U.S" and "e.g".
    private static bool IsDotted(ReadOnlySpan<char> word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (i % 2 == 0 ? !char.IsLetter(word[i]) : word[i] != '.')
            {
                return false;
            }
        }

        return word.Length >= 3 && word.Length % 2 == 1;
    }

    private static bool IsAbbreviation(ReadOnlySpan<char> word)
    {
        foreach (var abbreviation in _abbreviations)
        {
            if (word.SequenceEqual(abbreviation))
            {
                return true;
            }
        }

        return false;
    }
}
