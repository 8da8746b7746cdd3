namespace LlmCascade.Evaluation;

/// <summary>The average regret at one point of the stream.</summary>
/// <param name="Items">The number of items so far.</param>
/// <param name="AverageRegret">
/// The cascade's objective over these items as it ran, less that of its final students, frozen, with the best fixed
/// threshold in hindsight; per item.
/// </param>
public sealed record RegretPoint(int Items, double AverageRegret);
