namespace LlmCascade.Evaluation;

/// <summary>How well one label was given.</summary>
/// <param name="Precision">The share of right ones among the items that got this label; 0 where none did.</param>
/// <param name="Recall">The share of the items with this gold label that got it; 0 where there are none.</param>
/// <param name="F1">The harmonic mean of the two; 0 where both are.</param>
public sealed record LabelScore(double Precision, double Recall, double F1);
