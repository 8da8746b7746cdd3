using System.Collections.Immutable;

namespace LlmCascade.Evaluation.Measuring;

/// <summary>The means over several runs.</summary>
internal static class RunMeans
{
    public static ReplayReport Of(ImmutableArray<ReplayReport> runs, AccuracyInterval interval)
    {
        var accuracy = runs.Average(run => run.Accuracy);
        return runs[0] with
        {
            ExpertCalls = runs.Average(run => run.ExpertCalls),
            Accuracy = accuracy,
            Interval = interval,
            Mean = accuracy,
            StandardDeviation = Math.Sqrt(runs.Sum(run => Math.Pow(run.Accuracy - accuracy, 2)) / (runs.Length - 1)),
            PerLabel = new OrderedDictionary<string, LabelScore>(runs[0].PerLabel.Keys.Select(label =>
                KeyValuePair.Create(label, MeanOf([.. runs.Select(run => run.PerLabel[label])])))),
            Tiers = [.. runs[0].Tiers.Select((_, i) => MeanOf([.. runs.Select(run => run.Tiers[i])]))],
            ShareWeightedMean = runs.Average(run => run.ShareWeightedMean),
            Baselines = new(
                runs[0].Baselines.AlwaysExpert,
                runs.Average(run => run.Baselines.AlwaysStudent),
                runs.Average(run => run.Baselines.RandomAtEqualCalls),
                runs.Average(run => run.Baselines.Oracle)),
            Cost = MeanOf([.. runs.Select(run => run.Cost)]),
            Regret = MeanOf([.. runs.SelectMany(run => run.Regret ?? [])]),
            Seconds = runs.Average(run => run.Seconds),
            Shuffle = null,
            Runs = runs,
            Labels = [],
        };
    }

    private static LabelScore MeanOf(LabelScore[] scores) =>
        new(scores.Average(score => score.Precision), scores.Average(score => score.Recall), scores.Average(score => score.F1));

    // The mean of what is not known leaves it out, and of nothing it is nothing.
    private static TierScore MeanOf(TierScore[] scores) => new(
        scores[0].Name,
        scores.Average(score => score.Answered),
        scores.Average(score => score.Accuracy),
        scores.Average(score => score.AgreementWithExpert),
        scores.Average(score => score.AccuracyOnAll));

    private static ReplayCost MeanOf(ReplayCost[] costs) => new(
        costs[0].PerCall,
        costs.Average(cost => cost.Expert),
        costs.Average(cost => cost.Inference),
        costs.Average(cost => cost.Training),
        costs.Average(cost => cost.Total),
        costs[0].AlwaysExpert,
        costs.Average(cost => cost.BreakEven));

    private static List<RegretPoint>? MeanOf(RegretPoint[] points) => points.Length == 0 ? null :
    [
        .. points.GroupBy(point => point.Items).Select(group => new RegretPoint(group.Key, group.Average(point => point.AverageRegret))).OrderBy(point => point.Items),
    ];
}
