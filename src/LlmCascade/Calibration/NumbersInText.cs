using System.Globalization;
using System.Text.RegularExpressions;

namespace LlmCascade.Calibration;

/// <summary>Finds the numbers that a text speaks of, whichever marks it writes them with.</summary>
internal static partial class NumbersInText
{
    /// <summary>Finds the numbers in their order.</summary>
    public static List<decimal> Of(string text) =>
        [.. Number().Matches(text).Select(match => Parse(match.Value)).OfType<decimal>()];

    /// <summary>Tells whether two answers come to the same; <see langword="null"/> where one has no number.</summary>
    public static bool? Agree(List<decimal> first, List<decimal> second) =>
        first.Count == 0 || second.Count == 0 ? null
        : first.Count == 1 || second.Count == 1 ? first[^1] == second[^1]
        : first.ToHashSet().SetEquals(second);

    // 1,234.5 and 1.234,5 and 1'234.5 are one number. Of two kinds of marks the last one begins the decimals; a mark that comes
    // again never does. A single one does, but for a comma before three digits, as in 1,234.
    private static decimal? Parse(string text)
    {
        var isNegative = text[0] is '-' or '−';
        var digits = isNegative ? text[1..] : text;
        var last = digits.LastIndexOfAny(['.', ',']);
        var beginsDecimals = last >= 0 && (digits[..last].Any(each => !char.IsAsciiDigit(each) && each != digits[last])
            || (digits.IndexOf(digits[last], StringComparison.Ordinal) == last && !IsThousands(digits, last)));
        var (whole, decimals) = beginsDecimals ? (digits[..last], digits[(last + 1)..]) : (digits, "");
        return decimal.TryParse(
            $"{string.Concat(whole.Where(char.IsAsciiDigit))}.{decimals}0", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? isNegative ? -number : number
            : null;
    }

    private static bool IsThousands(string digits, int mark) =>
        digits[mark] == ',' && digits.Length - mark == 4 && mark <= 3 && digits[0] != '0';

    // Digits with marks between them. A sign belongs to it where no letter or digit stands before, so that 3-4 are two numbers.
    [GeneratedRegex(@"(?:(?<![\p{L}\p{N}])[-−])?[0-9]+(?:[.,'’\u00A0\u202F][0-9]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
