using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Students;

/// <summary>What a student's confidence is.</summary>
[Experimental("LLMC001")]
public enum DeferralScore
{
    /// <summary>The probability of agreeing with the expert, which a small network learns from the student's probabilities.</summary>
    Calibrated,

    /// <summary>The probability of the most probable label.</summary>
    MaxProbability,

    /// <summary>One minus the entropy of the probabilities, as a share of the largest that there can be.</summary>
    Entropy,
}
