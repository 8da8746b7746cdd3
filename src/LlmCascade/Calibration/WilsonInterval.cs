namespace LlmCascade.Calibration;

/// <summary>Where a share lies of which some trials are known: the score interval of Wilson (1927).</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
internal readonly record struct WilsonInterval(double Low, double High)
{
    /// <summary>The quantile of the normal distribution that an interval of 95 % reaches to.</summary>
    public const double NinetyFivePercent = 1.959963984540054;

    /// <summary>Computes it.</summary>
    /// <param name="successes">The successes, from 0 to <paramref name="trials"/>; weighted ones need not be whole.</param>
    /// <param name="trials">The trials; with none, anything is possible.</param>
    /// <param name="quantile">How many standard deviations it reaches to.</param>
    public static WilsonInterval Of(double successes, double trials, double quantile = NinetyFivePercent)
    {
        if (trials <= 0)
        {
            return new WilsonInterval(0, 1);
        }

        var share = successes / trials;
        var square = quantile * quantile;
        var centre = share + (square / (2 * trials));
        var half = quantile * Math.Sqrt(((share * (1 - share)) + (square / (4 * trials))) / trials);
        var scale = 1 + (square / trials);
        return new WilsonInterval(Math.Max(0, (centre - half) / scale), Math.Min(1, (centre + half) / scale));
    }

    /// <summary>Computes it for weighted trials, which tell as much as (sum of weights)² / (sum of squares) trials of equal weight.</summary>
    /// <param name="successes">The weight of the successes.</param>
    /// <param name="weight">The weight of all trials.</param>
    /// <param name="squaredWeights">The sum of the squares of their weights.</param>
    public static WilsonInterval OfWeighted(double successes, double weight, double squaredWeights) =>
        weight > 0 ? Of(successes * weight / squaredWeights, weight * weight / squaredWeights) : Of(0, 0);

    /// <summary>Computes the interval of a difference of two shares, first minus second: the hybrid score interval of Newcombe (1998), his method 10.</summary>
    public static WilsonInterval OfDifference(double firstShare, WilsonInterval first, double secondShare, WilsonInterval second)
    {
        var difference = firstShare - secondShare;
        return new WilsonInterval(
            difference - double.Hypot(firstShare - first.Low, second.High - secondShare),
            difference + double.Hypot(first.High - firstShare, secondShare - second.Low));
    }
}
