namespace LlmCascade.Evaluation;

/// <summary>Accuracies to compare with, on the same items.</summary>
/// <param name="AlwaysExpert">The expert on every item.</param>
/// <param name="AlwaysStudent">The last tier on every item, as it was trained when the item came.</param>
/// <param name="RandomAtEqualCalls">
/// What is expected when chance picks the items that the expert gets, as many as in the run, and the last tier, trained
/// as it was, answers the others.
/// </param>
/// <param name="Oracle">The most that the same tiers reach with as many calls, when they are spent with hindsight.</param>
public sealed record ReplayBaselines(double AlwaysExpert, double AlwaysStudent, double RandomAtEqualCalls, double Oracle);
