namespace LlmCascade.Agreement.Measures;

/// <summary>What a quantity is of.</summary>
internal enum QuantityKind
{
    Number,
    Percent,
    Date,
    TimeOfDay,
    Length,
    Area,
    Mass,
    Volume,
    Duration,
    Months,
    Data,
    Speed,
    Temperature,
    Dollar,
    Euro,
    Pound,
    Yen,
    Yuan,
    Rupee,
    Franc,
    CanadianDollar,
    AustralianDollar,
}

/// <summary>A number, a number with a unit, a date or a time of day that a text speaks of.</summary>
/// <param name="Kind">What it is of.</param>
/// <param name="Written">The number as it is written; of a date the year, of a time of day the hour.</param>
/// <param name="Amount">In the unit that all of the kind are compared in; of a date year, month and day as in 20240303, with 0 for what is not said.</param>
/// <param name="IsVague">
/// Whether it may be a little different: converted from one system of units to another, a date whose day and month may be exchanged, an
/// hour of which nobody says which half of the day it is in.
/// </param>
internal readonly record struct Quantity(QuantityKind Kind, decimal Written, decimal Amount, bool IsVague = false)
{
    // People round what they convert.
    private const decimal Tolerance = 0.01m;

    private const int HalfDay = 12 * 60;

    public static Quantity Number(decimal value) => new(QuantityKind.Number, value, value);

    /// <summary>Tells whether two quantities are the same; <see langword="null"/> where it depends on what one of them means.</summary>
    public static bool? AreSame(in Quantity first, in Quantity second) =>
        first.Kind == QuantityKind.Number || second.Kind == QuantityKind.Number ? first.Written == second.Written
        : first.Kind != second.Kind ? false
        : first.Amount == second.Amount && first.IsVague == second.IsVague ? true
        : first.Kind switch
        {
            QuantityKind.Date => AreSameDates(first, second),
            QuantityKind.TimeOfDay => (first.IsVague || second.IsVague) && (first.Amount - second.Amount) % HalfDay == 0,
            _ => first.Amount == second.Amount || ((first.IsVague || second.IsVague)
                && Math.Abs(first.Amount - second.Amount) <= Tolerance * Math.Max(Math.Abs(first.Amount), Math.Abs(second.Amount))),
        };

    // A part that one of them does not say makes no difference.
    private static bool? AreSameDates(in Quantity first, in Quantity second)
    {
        var (one, other) = ((int)first.Amount, (int)second.Amount);
        var (years, months, days) = (AreSameParts(one / 10_000, other / 10_000), (one / 100 % 100, other / 100 % 100), (one % 100, other % 100));
        return !years ? false
            : AreSameParts(months.Item1, months.Item2) && AreSameParts(days.Item1, days.Item2) ? (first.IsVague == second.IsVague ? true : null)
            : (first.IsVague || second.IsVague) && AreSameParts(months.Item1, days.Item2) && AreSameParts(days.Item1, months.Item2) ? null
            : false;
    }

    private static bool AreSameParts(int first, int second) => first == 0 || second == 0 || first == second;
}
