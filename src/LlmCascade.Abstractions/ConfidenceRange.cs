namespace LlmCascade;

/// <summary>The confidences that an unfinished answer can still have, both ends included.</summary>
/// <param name="Minimum">The lowest, from 0 to 1.</param>
/// <param name="Maximum">The highest, from 0 to 1.</param>
public readonly record struct ConfidenceRange(double Minimum, double Maximum);
