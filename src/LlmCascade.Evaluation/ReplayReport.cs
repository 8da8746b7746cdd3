using System.Collections.Immutable;
using System.Text.Json;

namespace LlmCascade.Evaluation;

/// <summary>What was measured of one run, or the means of several.</summary>
/// <remarks>Where there are several runs, every number is the mean over them, except those that say otherwise.</remarks>
public sealed record ReplayReport
{
    /// <summary>Gets the name of the method.</summary>
    public required string Method { get; init; }

    /// <summary>Gets the name of the mode.</summary>
    public required string Mode { get; init; }

    /// <summary>Gets the number of items of the stream.</summary>
    public required int Items { get; init; }

    /// <summary>Gets the number of calls that were allowed.</summary>
    public required int Budget { get; init; }

    /// <summary>Gets the number of looks at the expert's answers: every call, whatever it was for and whether or not its answer could be parsed.</summary>
    public required double ExpertCalls { get; init; }

    /// <summary>Gets the share of items that got the right label. No label is a wrong one.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Gets the interval of <see cref="Accuracy"/>; of the mean where there are several runs.</summary>
    public required AccuracyInterval Interval { get; init; }

    /// <summary>Gets the mean of the runs' accuracies; <see langword="null"/> where there is one run.</summary>
    public double? Mean { get; init; }

    /// <summary>Gets the standard deviation of the runs' accuracies (of the sample: divided by the number of runs less one); <see langword="null"/> where there is one run.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>Gets the scores of each label, in the order of the labels.</summary>
    public required IReadOnlyDictionary<string, LabelScore> PerLabel { get; init; }

    /// <summary>Gets the share of all items that the expert labels right, called or not. An unparsed answer is a wrong one.</summary>
    public required double ExpertAccuracy { get; init; }

    /// <summary>Gets what each tier did, cheapest first.</summary>
    public required IReadOnlyList<TierScore> Tiers { get; init; }

    /// <summary>Gets the sum of share times accuracy on all items, over the tiers and the expert: what is expected when chance decides, with the run's shares, who answers.</summary>
    public required double ShareWeightedMean { get; init; }

    /// <summary>Gets the accuracies to compare with.</summary>
    public required ReplayBaselines Baselines { get; init; }

    /// <summary>Gets what it costs.</summary>
    public required ReplayCost Cost { get; init; }

    /// <summary>Gets the average regret at points along the stream; <see langword="null"/> where it is not measured: only a cascade of one logistic regression is quickly taught again.</summary>
    public IReadOnlyList<RegretPoint>? Regret { get; init; }

    /// <summary>Gets how long a run took, without reading the stream and measuring.</summary>
    public required double Seconds { get; init; }

    /// <summary>Gets the seed; of the first run where there are several.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Gets the number of the random order, from 1; <see langword="null"/> for the recorded order and where there are several runs.</summary>
    public int? Shuffle { get; init; }

    /// <summary>Gets the single runs; <see langword="null"/> where there is one.</summary>
    public IReadOnlyList<ReplayReport>? Runs { get; init; }

    /// <summary>Gets what each item got, in the order of the stream; empty where there are several runs.</summary>
    internal ImmutableArray<string?> Labels { get; init; } = [];

    /// <summary>Writes the report as one JSON object, on one line, with the names of the properties in camel case; what is <see langword="null"/> is left out.</summary>
    /// <returns>The object.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, ReplayJsonContext.Default.ReplayReport);
}
