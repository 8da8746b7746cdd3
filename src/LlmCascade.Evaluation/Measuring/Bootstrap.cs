using LlmCascade.Calibration;
using LlmCascade.Escalation;

namespace LlmCascade.Evaluation.Measuring;

/// <summary>The percentile bootstrap of an accuracy, resampling items.</summary>
internal static class Bootstrap
{
    private const int Resamples = 2000;
    private const double Tail = 0.025;

    /// <summary>Computes a 95 % interval.</summary>
    /// <param name="right">How many of the runs labelled each item right.</param>
    /// <param name="runs">The number of runs.</param>
    /// <param name="seed">The seed of the draws.</param>
    public static AccuracyInterval Interval(ReadOnlySpan<int> right, int runs, ulong seed)
    {
        var hash = new StableHash(seed);
        hash.Add("bootstrap");
        var draws = new SplitMix(hash.Finish());
        var sums = new long[Resamples];
        for (var i = 0; i < sums.Length; i++)
        {
            for (var j = 0; j < right.Length; j++)
            {
                sums[i] += right[draws.Below(right.Length)];
            }
        }

        Array.Sort(sums);
        var cut = (int)(Tail * Resamples);
        var whole = (double)right.Length * runs;
        return new(sums[cut] / whole, sums[^(cut + 1)] / whole);
    }
}
