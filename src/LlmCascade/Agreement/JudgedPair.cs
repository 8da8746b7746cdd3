using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Agreement;

/// <summary>Two answers that a judge compares, in one of both directions.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="First">One answer. A judge of entailment says whether the second follows from it.</param>
/// <param name="Second">The other one.</param>
/// <param name="Context">The attempt that the answers belong to; a judge that is paid begins a child of it. <see langword="null"/> outside a cascade.</param>
[Experimental("LLMC005")]
public sealed record JudgedPair(GenerationRequest Request, Generation First, Generation Second, AttemptContext? Context);
