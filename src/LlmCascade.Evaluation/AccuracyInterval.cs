namespace LlmCascade.Evaluation;

/// <summary>A 95 % bootstrap interval of an accuracy.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <remarks>
/// It answers: had other items of the same kind come, and each been treated as these were, what would the accuracy be?
/// The items of one run are not independent of each other, because what is learned from one decides about the next, so
/// the interval holds neither what another seed nor what another order would change. Several seeds and shuffles show that.
/// </remarks>
public sealed record AccuracyInterval(double Low, double High);
