using LlmCascade.Calibration;

namespace LlmCascade;

/// <summary>The ways to measure a tier's confidence that configuration can name.</summary>
public enum ConfidenceKind
{
    /// <summary>See <see cref="TokenConfidence.Mean"/>.</summary>
    TokenMean,

    /// <summary>See <see cref="TokenConfidence.Minimum"/>.</summary>
    TokenMinimum,

    /// <summary>See <see cref="TokenConfidence.Quantile"/>; needs <see cref="TierOptions.ConfidenceQuantile"/>.</summary>
    TokenQuantile,

    /// <summary>See <see cref="TokenConfidence.Sum"/>.</summary>
    TokenSum,
}
