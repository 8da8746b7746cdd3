using System.Globalization;

namespace StepDetectors;

/// <summary>A figure with its 95 % interval; no number where there is nothing to compute it from.</summary>
internal readonly record struct Figure(double Value, double Low, double High)
{
    private const double Z = 1.959963984540054;

    /// <summary>A share with Wilson's interval, for counts that are independent of each other.</summary>
    public static Figure Share(int some, int all)
    {
        if (all == 0)
        {
            return new(double.NaN, double.NaN, double.NaN);
        }

        var share = (double)some / all;
        var scale = 1 + (Z * Z / all);
        var middle = (share + (Z * Z / (2 * all))) / scale;
        var half = Z / scale * Math.Sqrt((share * (1 - share) / all) + (Z * Z / (4.0 * all * all)));
        return new(share, middle - half, middle + half);
    }

    public override string ToString() => double.IsNaN(Value) ? "-"
        : double.IsNaN(Low) ? Value.ToString("0.000", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Value:0.000} [{Low:0.000}, {High:0.000}]");
}
