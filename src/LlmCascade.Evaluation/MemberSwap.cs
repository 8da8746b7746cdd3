using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>A member of an ensemble that is another model one day, while thresholds stay what they were.</summary>
/// <param name="Member">The name of the member.</param>
/// <param name="Replacement">The name of the model that takes its place.</param>
[Experimental("LLMC005")]
public sealed record MemberSwap(string Member, string Replacement);
