namespace SupportDesk;

/// <summary>The figures of the report, and how far they may lie off.</summary>
internal static class Measures
{
    private const int Resamples = 2000;
    private const int Bins = 10;

    /// <summary>The probability that a right answer has a higher confidence than a wrong one.</summary>
    public static double AreaUnderCurve(IReadOnlyCollection<Asked> asked) => AreaUnderCurve(asked.Select(each => (each.Confidence!.Value, each.IsDraftRight)));

    /// <inheritdoc cref="AreaUnderCurve(IReadOnlyCollection{Asked})"/>
    public static double AreaUnderCurve(IEnumerable<(double Confidence, bool IsRight)> answers)
    {
        var (pairs, right, wrong) = (0.0, 0, 0);
        foreach (var same in answers.GroupBy(answer => answer.Confidence, answer => answer.IsRight).OrderBy(group => group.Key))
        {
            var (all, rightOnes) = (same.Count(), same.Count(isRight => isRight));

            // An equal confidence counts half.
            pairs += rightOnes * (wrong + ((all - rightOnes) / 2.0));
            (right, wrong) = (right + rightOnes, wrong + all - rightOnes);
        }

        return right == 0 || wrong == 0 ? double.NaN : pairs / right / wrong;
    }

    /// <summary>The expected calibration error of the confidences, over ten bins of equal width.</summary>
    public static double CalibrationError(IReadOnlyCollection<Asked> asked) => asked
        .GroupBy(each => Math.Min((int)(each.Confidence!.Value * Bins), Bins - 1))
        .Sum(bin => Math.Abs(bin.Sum(each => each.Confidence!.Value - (each.IsDraftRight ? 1 : 0)))) / asked.Count;

    /// <summary>The largest share of answers, the surest first, of which at most a share is wrong, with the best threshold for these very answers.</summary>
    public static double KeptShare(IReadOnlyCollection<Asked> asked, double wrongAtMost)
    {
        var (kept, wrong, best) = (0, 0, 0);
        foreach (var sure in asked.Where(each => each.MayBeKept).GroupBy(each => each.Confidence!.Value).OrderByDescending(group => group.Key))
        {
            kept += sure.Count();
            wrong += sure.Count(each => !each.IsDraftRight);
            best = wrong <= wrongAtMost * kept ? kept : best;
        }

        return (double)best / asked.Count;
    }

    /// <summary>Finds where a figure lies at 95 %, by drawing kinds of questions again and again: those of one kind stand or fall together.</summary>
    /// <param name="items">What the figure is computed from.</param>
    /// <param name="kind">The kind that an item belongs to.</param>
    /// <param name="figure">Computes it.</param>
    public static (double Low, double High) Interval<T>(IEnumerable<T> items, Func<T, string> kind, Func<T[], double> figure)
    {
        var random = new Random(1);
        var kinds = items.GroupBy(kind).Select(group => group.ToArray()).ToArray();
        var figures = Enumerable.Range(0, Resamples)
            .Select(_ => figure([.. Enumerable.Range(0, kinds.Length).SelectMany(_ => kinds[random.Next(kinds.Length)])]))
            .Where(double.IsFinite)
            .Order()
            .ToArray();
        return figures.Length == 0 ? (double.NaN, double.NaN) : (figures[(int)(0.025 * figures.Length)], figures[(int)(0.975 * figures.Length)]);
    }
}
