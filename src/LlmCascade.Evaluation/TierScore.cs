namespace LlmCascade.Evaluation;

/// <summary>What one tier did.</summary>
/// <param name="Name">The tier's name.</param>
/// <param name="Answered">The number of items that it answered; a mean where there are several runs.</param>
/// <param name="Accuracy">The share of right ones among the items that it answered; <see langword="null"/> where there are none.</param>
/// <param name="AgreementWithExpert">
/// How often its answer is the expert's, among the items that it answered and for which an answer of the expert could be
/// parsed; <see langword="null"/> where there are none. Looked up for the report, not counted as calls.
/// </param>
/// <param name="AccuracyOnAll">
/// The share of right ones among all items: what it said or would have said at that moment, also where another one answered.
/// </param>
public sealed record TierScore(string Name, double Answered, double? Accuracy, double? AgreementWithExpert, double AccuracyOnAll);
