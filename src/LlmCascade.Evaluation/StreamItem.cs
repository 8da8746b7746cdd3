namespace LlmCascade.Evaluation;

/// <summary>What a method sees of an item: its text, never its gold label, and the expert's label only for a call.</summary>
/// <param name="Index">The item's place in the recorded stream; it stays the same when the order is permuted.</param>
/// <param name="Text">The text to be labelled.</param>
internal readonly record struct StreamItem(int Index, string Text);
