namespace LlmCascade.Evaluation.Ensembles;

/// <summary>An ensemble of which one member is replaced: thresholds, and what was fitted, stay as they were.</summary>
internal static class SwappedMember
{
    // What the thresholds defer before.
    private static readonly double[] _rates = [0.1, 0.3, 0.5, 0.7, 0.9];

    /// <summary>Compares quality and deferral before and after at each threshold.</summary>
    public static async Task<List<SwapPoint>> CompareAsync(
        RecordedAnswers data, AgreementReplayOptions options, IAgreementMeasure measure, Folds folds, Resamples resamples, CancellationToken cancellationToken)
    {
        var swap = options.Swap!;
        var table = new AnswerTable(data, options with { Ensemble = [.. options.Ensemble, swap.Replacement], Costs = null });
        var measured = await MeasuredPrompt.AllOfAsync(table, measure, cancellationToken).ConfigureAwait(false);
        int[] members = [.. Enumerable.Range(0, options.Ensemble.Count)];
        var seat = options.Ensemble.ToList().IndexOf(swap.Member);
        var before = new MeasuredEnsemble(table, measured, members);
        var after = new MeasuredEnsemble(table, measured, [.. members.Select(member => member == seat ? members.Length : member)]);
        var (then, now) = options.Measure is null
            ? (DeferralSignal.OfCalibrator(before, folds), DeferralSignal.OfCalibrator(before, folds, after))
            : (DeferralSignal.OfScore(before), DeferralSignal.OfScore(after));
        return [.. _rates.Select(rate => PointAt(then.Urgency.OrderDescending().ElementAt((int)(rate * (table.Count - 1))))).DistinctBy(point => point.DeferralRate)];

        SwapPoint PointAt(double threshold)
        {
            var (old, changed) = (Outcomes(table, then, threshold), Outcomes(table, now, threshold));
            return new SwapPoint(
                ShareDeferred(then, threshold),
                old.Average(),
                ShareDeferred(now, threshold),
                changed.Average(),
                resamples.Estimate(weights => Weighted.Mean(changed, weights) - Weighted.Mean(old, weights), cancellationToken));
        }
    }

    private static double ShareDeferred(DeferralSignal signal, double threshold) => signal.Urgency.Average(urgency => urgency >= threshold ? 1.0 : 0);

    private static double[] Outcomes(AnswerTable table, DeferralSignal signal, double threshold) =>
        [.. signal.Urgency.Select((urgency, prompt) => urgency >= threshold ? table.TargetScores[prompt] : table.Scores[prompt][signal.Spoken[prompt]])];
}
