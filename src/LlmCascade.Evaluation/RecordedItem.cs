namespace LlmCascade.Evaluation;

/// <summary>One item of a recorded stream: a text, what is right, and what the expert said.</summary>
/// <param name="Text">The text to be labelled.</param>
/// <param name="Gold">The right label.</param>
/// <param name="Expert">The expert's label; <see langword="null"/> where its answer could not be parsed.</param>
public sealed record RecordedItem(string Text, string Gold, string? Expert);
