using System.Collections.Immutable;

namespace LlmCascade.Evaluation;

/// <summary>What a method made of one item.</summary>
/// <param name="Label">The label that was answered; <see langword="null"/> where there was none, which is wrong.</param>
/// <param name="AnsweredBy">The name of the tier that answered, <see cref="ReplayRun.Expert"/> or <see cref="ReplayRun.Nobody"/>.</param>
/// <param name="ExpertCalled">Whether the expert was called about this item; then its label is the answer.</param>
/// <param name="StudentLabels">
/// What each tier said or would have said at that moment, in the order of the tiers, also where another one answered;
/// <see langword="null"/> for no answer.
/// </param>
internal readonly record struct ItemOutcome(
    string? Label, string AnsweredBy, bool ExpertCalled, ImmutableArray<string?> StudentLabels);

/// <summary>What one run of a method over a stream came to.</summary>
/// <param name="Outcomes">One outcome for each item, in the order in which the items came.</param>
/// <param name="TierNames">The tiers, cheapest first.</param>
/// <param name="InferenceCost">What the tiers' answers cost, where an answer of a BERT-base costs 1.</param>
/// <param name="TrainingCost">What their training cost, in the same unit.</param>
/// <param name="Seconds">How long the run took, without what was computed for the report alone.</param>
internal sealed record ReplayRun(
    ImmutableArray<ItemOutcome> Outcomes,
    ImmutableArray<string> TierNames,
    double InferenceCost,
    double TrainingCost,
    double Seconds)
{
    /// <summary>The name in <see cref="ItemOutcome.AnsweredBy"/> of who is no tier.</summary>
    public const string Expert = "expert";

    /// <summary>What <see cref="ItemOutcome.AnsweredBy"/> is where nobody had an answer.</summary>
    public const string Nobody = "nobody";

    /// <summary>Gets the average regret at points along the stream; empty where the method does not measure it.</summary>
    public ImmutableArray<RegretPoint> Regret { get; init; } = [];
}
