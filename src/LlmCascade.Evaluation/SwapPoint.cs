using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>What becomes of one threshold when a member is another model.</summary>
/// <param name="DeferralRate">The share of prompts that the threshold defers before.</param>
/// <param name="Quality">The mean score before.</param>
/// <param name="SwappedDeferralRate">The share that the same threshold defers afterwards.</param>
/// <param name="SwappedQuality">The mean score afterwards.</param>
/// <param name="Difference">The quality afterwards less that before, with a paired interval.</param>
[Experimental("LLMC005")]
public sealed record SwapPoint(double DeferralRate, double Quality, double SwappedDeferralRate, double SwappedQuality, AgreementEstimate Difference);
