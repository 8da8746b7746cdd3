using System.Buffers;

namespace LlmCascade.Agreement.Measures;

/// <summary>Reads numbers that are written in English words, such as "one hundred and twenty-five thousand".</summary>
internal static class NumberWords
{
    private const int LongestWord = 9;

    // The letters that they begin with.
    private static readonly SearchValues<char> _initials = SearchValues.Create("zotfsenhmbZOTFSENHMB");

    /// <summary>Tells whether a word is one of those.</summary>
    public static bool Contain(ReadOnlySpan<char> word) => word.Length is >= 3 and <= LongestWord && _initials.Contains(word[0]) && ValueOf(word) is not null;

    /// <summary>Reads a number whose first word begins there.</summary>
    /// <returns>The number and where it ends; <see langword="null"/> where the word is none.</returns>
    public static (decimal Value, int End)? Read(ReadOnlySpan<char> text, int start)
    {
        decimal total = 0, current = 0, lastScale = decimal.MaxValue;
        var end = start;
        var (at, mayJoin, hasBegun) = (start, false, false);
        while (at < text.Length)
        {
            var wordEnd = EndOfWord(text, at);
            if (ValueOf(text[at..wordEnd]) is not { } value)
            {
                // "and" joins what follows hundreds and thousands, where a smaller number follows.
                if (!mayJoin || !text[at..wordEnd].Equals("and", StringComparison.OrdinalIgnoreCase) || !MayFollow(text, ref wordEnd))
                {
                    break;
                }

                (at, mayJoin) = (wordEnd, false);
                continue;
            }

            if (value < 100)
            {
                var rest = current % 100;
                if (hasBegun && (value == 0 || (rest != 0 && (rest < 20 || value > 9 || rest % 10 != 0)) || (current == 0 && !mayJoin && total == 0)))
                {
                    break;
                }

                current += value;
            }
            else if (value == 100)
            {
                if (current >= 100 || (hasBegun && current == 0))
                {
                    break;
                }

                current = current == 0 ? 100 : current * 100;
            }
            else
            {
                if (value >= lastScale || (hasBegun && current == 0))
                {
                    break;
                }

                total += (current == 0 ? 1 : current) * value;
                (current, lastScale) = (0, value);
            }

            (hasBegun, mayJoin, end) = (true, value >= 100, wordEnd);
            at = end;
            if (at < text.Length - 1 && text[at] is ' ' or '-' && char.IsAsciiLetter(text[at + 1]))
            {
                at++;
            }
            else
            {
                break;
            }
        }

        return hasBegun ? (total + current, end) : null;
    }

    private static bool MayFollow(ReadOnlySpan<char> text, ref int place)
    {
        if (place + 1 >= text.Length || text[place] != ' ')
        {
            return false;
        }

        place++;
        return ValueOf(text[place..EndOfWord(text, place)]) is > 0 and < 100;
    }

    private static int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        var end = start;
        while (end < text.Length && char.IsLetter(text[end]))
        {
            end++;
        }

        return end;
    }

    private static int? ValueOf(ReadOnlySpan<char> word)
    {
        if (word.Length is < 3 or > LongestWord)
        {
            return null;
        }

        Span<char> lower = stackalloc char[LongestWord];
        return lower[..word.ToLowerInvariant(lower)] switch
        {
            "zero" => 0,
            "one" => 1,
            "two" => 2,
            "three" => 3,
            "four" => 4,
            "five" => 5,
            "six" => 6,
            "seven" => 7,
            "eight" => 8,
            "nine" => 9,
            "ten" => 10,
            "eleven" => 11,
            "twelve" => 12,
            "thirteen" => 13,
            "fourteen" => 14,
            "fifteen" => 15,
            "sixteen" => 16,
            "seventeen" => 17,
            "eighteen" => 18,
            "nineteen" => 19,
            "twenty" => 20,
            "thirty" => 30,
            "forty" => 40,
            "fifty" => 50,
            "sixty" => 60,
            "seventy" => 70,
            "eighty" => 80,
            "ninety" => 90,
            "hundred" => 100,
            "thousand" => 1000,
            "million" => 1_000_000,
            "billion" => 1_000_000_000,
            _ => null,
        };
    }
}
