namespace LlmCascade.Evaluation;

/// <summary>What a run costs; the unit is one answer of a BERT-base of 110 million parameters.</summary>
/// <param name="PerCall">A call of the expert.</param>
/// <param name="Expert">All calls of the expert.</param>
/// <param name="Inference">The answers of the tiers, asked in vain or not.</param>
/// <param name="Training">The training of the tiers.</param>
/// <param name="Total">The three together.</param>
/// <param name="AlwaysExpert">The expert on every item instead.</param>
/// <param name="BreakEven">
/// What an answer of the students may cost before the cascade costs more than the expert alone, where training on an item
/// costs twice its answer: <c>p C / (3 - 2 p)</c>, with the share p of items that tiers answer and the cost C of a call.
/// </param>
public sealed record ReplayCost(
    double PerCall, double Expert, double Inference, double Training, double Total, double AlwaysExpert, double BreakEven);
