using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>How much better than a plain majority over the numbers that answers come to, at one share of kept prompts.</summary>
/// <param name="Kept">The share of prompts that are kept.</param>
/// <param name="Quality">The mean score of the replay.</param>
/// <param name="Majority">That of the majority.</param>
/// <param name="Difference">The first less the second; both are measured on the same resamples.</param>
[Experimental("LLMC005")]
public sealed record MajorityComparison(double Kept, double Quality, double Majority, AgreementEstimate Difference);
