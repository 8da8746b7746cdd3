using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Students;

/// <summary>A text with the label that the expert gave it.</summary>
/// <param name="Text">The text, possibly empty.</param>
/// <param name="Label">The label's place in the student's space.</param>
[Experimental("LLMC001")]
public sealed record Demonstration(string Text, int Label)
{
    /// <summary>Gets whether the text was taught already, with a label that this one takes the place of.</summary>
    /// <value>A student that no longer knows the text, or never did, learns it as any other.</value>
    public bool IsCorrection { get; init; }

    /// <summary>Names the label's place, without the text.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"demonstration of label {Label}";
}
