using System.Globalization;
using System.Text.RegularExpressions;

namespace StepDetectors;

/// <summary>Finds the number that a step comes to.</summary>
internal static partial class StepResult
{
    // Money is rounded to a cent.
    private const double Tolerance = 0.005;

    [GeneratedRegex("<<[^<>]*=([^<>=]*)>>", RegexOptions.CultureInvariant)]
    private static partial Regex Mark { get; }

    [GeneratedRegex("<<[^<>]*>>", RegexOptions.CultureInvariant)]
    private static partial Regex AnyMark { get; }

    [GeneratedRegex(@"(?<![\w.)])-?[$€£]?(?:[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+)|(?<=[\w.)])(?:[0-9][0-9,]*(?:\.[0-9]+)?)", RegexOptions.CultureInvariant)]
    private static partial Regex Number { get; }

    /// <summary>Finds what a step comes to: what the calculator said, else the number behind the last equals sign, else the last number.</summary>
    /// <param name="step">The step.</param>
    /// <param name="given">The numbers of the task, which are no results unless a calculator said them.</param>
    /// <returns><see langword="null"/> where it comes to none.</returns>
    public static double? Of(string step, IReadOnlyCollection<double> given)
    {
        if (MarkedIn(step) is [.., var marked])
        {
            return marked;
        }

        var sign = step.LastIndexOf('=');
        if (sign >= 0 && NumbersIn(step[(sign + 1)..]) is [var behind, ..])
        {
            return behind;
        }

        return NumbersIn(step) is [.., var last] && !Contains(given, last) ? last : null;
    }

    /// <summary>Finds the last number of a step, what the calculator said before all others, wherever it comes from.</summary>
    public static double? LastIn(string step) => MarkedIn(step) is [.., var marked] ? marked : NumbersIn(step) is [.., var last] ? last : null;

    /// <summary>Finds what a calculator said.</summary>
    public static List<double> MarkedIn(string text) => [.. Mark.Matches(text).Select(mark => Parse(mark.Groups[1].Value)).OfType<double>()];

    /// <summary>Finds all numbers of a text.</summary>
    public static List<double> NumbersIn(string text) => [.. Number.Matches(text).Select(number => Parse(number.Value)).OfType<double>()];

    /// <summary>Takes the calculator's marks out of a text, whose results stand behind them once more.</summary>
    public static string WithoutMarks(string text) => AnyMark.Replace(text, "");

    /// <summary>Takes everything but the calculator's marks out of a text.</summary>
    public static string MarksIn(string text) => string.Join('\n', AnyMark.Matches(text).Select(mark => mark.Value));

    /// <summary>Tells whether a number is among others, rounding aside.</summary>
    public static bool Contains(IReadOnlyCollection<double> numbers, double number) => numbers.Any(other => Math.Abs(other - number) < Tolerance);

    private static double? Parse(string text)
    {
        var digits = string.Concat(text.Where(character => character is not (',' or ' ' or '$' or '€' or '£')));
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
