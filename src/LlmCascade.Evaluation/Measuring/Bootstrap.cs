using LlmCascade.Calibration;
using LlmCascade.Escalation;

namespace LlmCascade.Evaluation.Measuring;

/// <summary>The percentile bootstrap of an accuracy, resampling items.</summary>
internal static class Bootstrap
{
    public const int Resamples = 2000;

    private const double Tail = 0.025;

    /// <summary>Computes a 95 % interval.</summary>
    /// <param name="right">How many of the runs labelled each item right.</param>
    /// <param name="runs">The number of runs.</param>
    /// <param name="seed">The seed of the draws.</param>
    public static AccuracyInterval Interval(ReadOnlySpan<int> right, int runs, ulong seed)
    {
        var draws = Draws(seed, "bootstrap");
        var sums = new long[Resamples];
        for (var i = 0; i < sums.Length; i++)
        {
            for (var j = 0; j < right.Length; j++)
            {
                sums[i] += right[draws.Below(right.Length)];
            }
        }

        var (low, high) = Ends(sums);
        var whole = (double)right.Length * runs;
        return new(low / whole, high / whole);
    }

    /// <summary>Makes the draws of items.</summary>
    public static SplitMix Draws(ulong seed, string purpose)
    {
        var hash = new StableHash(seed);
        hash.Add(purpose);
        return new SplitMix(hash.Finish());
    }

    /// <summary>Sorts what the resamples came to, and finds the ends of the interval.</summary>
    public static (T Low, T High) Ends<T>(T[] resamples)
    {
        Array.Sort(resamples);
        var cut = (int)(Tail * resamples.Length);
        return (resamples[cut], resamples[^(cut + 1)]);
    }
}
