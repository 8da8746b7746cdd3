using LlmCascade.Calibration;

namespace LlmCascade.Evaluation.Ensembles;

/// <summary>What somebody who defers knows about each prompt: whose answer stands, and how much the prompt is to be deferred.</summary>
/// <param name="Spoken">The member whose answer stands.</param>
/// <param name="Urgency">How much the prompt is to be deferred: the more urgent sooner.</param>
internal sealed record DeferralSignal(int[] Spoken, double[] Urgency)
{
    /// <summary>Defers where members agree little.</summary>
    public static DeferralSignal OfScore(MeasuredEnsemble ensemble) =>
        new(ensemble.Spoken(), [.. ensemble.Scores.Select(score => -score ?? double.PositiveInfinity)]);

    /// <summary>Defers where the target is expected to gain the most, by a calibrator that was fitted on other folds.</summary>
    /// <param name="ensemble">The ensemble that it is fitted on.</param>
    /// <param name="folds">The folds.</param>
    /// <param name="applied">The ensemble whose prompts are deferred, with other models in the same seats; <see langword="null"/> for the one that it is fitted on.</param>
    public static DeferralSignal OfCalibrator(MeasuredEnsemble ensemble, Folds folds, MeasuredEnsemble? applied = null)
    {
        applied ??= ensemble;
        var table = ensemble.Table;
        var signal = new DeferralSignal(new int[table.Count], new double[table.Count]);
        for (var fold = 0; fold < folds.Count; fold++)
        {
            var tied = TiedMembers.Of(ensemble, folds.Outside[fold]);
            int[] lessons = [.. folds.Outside[fold].Where(prompt => ensemble.Scores[prompt] is not null)];
            var spoken = Array.ConvertAll(lessons, prompt => tied.Pick(ensemble, prompt));
            double[] gains = [.. lessons.Zip(spoken, (prompt, member) => table.TargetScores[prompt] - table.Scores[prompt][member])];
            double[][] rows = [.. lessons.Zip(spoken, ensemble.FeaturesOf)];
            double[] importance = [.. Enumerable.Repeat(1.0, rows.Length)];
            var regression = rows.Length == 0 ? null : RidgeRegression.Fit(rows, gains, importance, isLogistic: false);

            // Lessons without a fold that gains much gain little in the mean: that level would set the folds against each other.
            var level = gains.Length == 0 ? 0 : gains.Average();
            foreach (var prompt in folds.Inside[fold])
            {
                signal.Spoken[prompt] = tied.Pick(applied, prompt);
                signal.Urgency[prompt] = applied.Scores[prompt] is null ? double.PositiveInfinity
                    : regression is null ? 0 : regression.Predict(applied.FeaturesOf(prompt, signal.Spoken[prompt])) - level;
            }
        }

        return signal;
    }
}
