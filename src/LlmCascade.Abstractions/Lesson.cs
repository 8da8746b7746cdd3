using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>An episode with its truth. Learners take lessons only, so nothing can be learned from one's own score.</summary>
/// <param name="Episode">What happened.</param>
/// <param name="Truth">What the right answer is taken to be.</param>
/// <param name="Source">Where the truth comes from.</param>
/// <param name="Propensity">The probability, above 0 and at most 1, with which this truth was asked for; its inverse corrects the selection.</param>
[Experimental("LLMC001")]
public sealed record Lesson(Episode Episode, Generation Truth, TruthSource Source, double Propensity);
