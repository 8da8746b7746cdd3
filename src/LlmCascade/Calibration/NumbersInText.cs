using System.Buffers;
using System.Globalization;

namespace LlmCascade.Calibration;

/// <summary>Finds the numbers that a text speaks of, whichever marks it writes them with.</summary>
internal static class NumbersInText
{
    private const int MostOnStack = 64;

    private static readonly SearchValues<char> _marks = SearchValues.Create(".,'’\u00A0\u202F");

    /// <summary>Finds the numbers in their order.</summary>
    public static List<decimal> Of(string text)
    {
        List<decimal> numbers = [];
        for (var (start, end) = (0, 0); (start = text.AsSpan(end).IndexOfAnyInRange('0', '9')) >= 0;)
        {
            start += end;
            var isNegative = start > end && IsSign(text, start - 1);
            end = EndOf(text, start);
            if (Parse(text.AsSpan(start..end)) is { } number)
            {
                numbers.Add(isNegative ? -number : number);
            }
        }

        return numbers;
    }

    /// <summary>Tells whether two answers come to the same; <see langword="null"/> where one has no number.</summary>
    public static bool? Agree(List<decimal> first, List<decimal> second) =>
        first.Count == 0 || second.Count == 0 ? null
        : first.Count == 1 || second.Count == 1 ? first[^1] == second[^1]
        : first.ToHashSet().SetEquals(second);

    /// <summary>Finds the end of the number that begins with a digit: digits with marks between them.</summary>
    public static int EndOf(ReadOnlySpan<char> text, int start)
    {
        var end = start + 1;
        while (end < text.Length
            && (char.IsAsciiDigit(text[end]) || (end + 1 < text.Length && _marks.Contains(text[end]) && char.IsAsciiDigit(text[end + 1]))))
        {
            end++;
        }

        return end;
    }

    /// <summary>Tells whether a sign of a negative number stands there. It does not behind a letter or a digit, so that 3-4 are two numbers.</summary>
    public static bool IsSign(ReadOnlySpan<char> text, int place) =>
        text[place] is '-' or '−' && (place == 0 || !(char.IsLetter(text[place - 1]) || char.IsNumber(text[place - 1])));

    /// <summary>Reads the digits of a number with their marks; <see langword="null"/> where it is too large.</summary>
    /// <remarks>
    /// 1,234.5 and 1.234,5 and 1'234.5 are one number. Of two kinds of marks the last one begins the decimals; a mark that comes again never
    /// does. A single one does, but for a comma before three digits, as in 1,234.
    /// </remarks>
    public static decimal? Parse(ReadOnlySpan<char> digits)
    {
        var last = digits.LastIndexOfAny('.', ',');
        var beginsDecimals = last >= 0 && (HasOtherMark(digits[..last], digits[last]) || (!digits[..last].Contains(digits[last]) && !IsThousands(digits, last)));
        var plain = digits.Length <= MostOnStack ? stackalloc char[MostOnStack] : new char[digits.Length];
        var length = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            if (char.IsAsciiDigit(digits[i]))
            {
                plain[length++] = digits[i];
            }
            else if (beginsDecimals && i >= last)
            {
                plain[length++] = i == last ? '.' : digits[i];
            }
        }

        return decimal.TryParse(plain[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static bool HasOtherMark(ReadOnlySpan<char> digits, char mark)
    {
        foreach (var each in digits)
        {
            if (!char.IsAsciiDigit(each) && each != mark)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsThousands(ReadOnlySpan<char> digits, int mark) =>
        digits[mark] == ',' && digits.Length - mark == 4 && mark <= 3 && digits[0] != '0';
}
