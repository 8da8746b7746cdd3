using System.ComponentModel.DataAnnotations;
using LlmCascade.Calibration;

namespace LlmCascade;

/// <summary>What configuration can say about a tier. What is not set leaves the code's word standing.</summary>
public sealed class TierOptions
{
    /// <summary>Gets or sets the key under which the container holds the tier's chat client.</summary>
    public string? Client { get; set; }

    /// <summary>Gets or sets the lowest confidence that is kept, above 0 and at most 1.</summary>
    [Range(double.Epsilon, 1)]
    public double? Threshold { get; set; }

    /// <summary>Gets or sets how the confidence is measured, which a threshold needs.</summary>
    /// <value>The tier's chat client must supply token log-probabilities; see <see cref="TierBuilder.WithTokenConfidence"/>.</value>
    [EnumDataType(typeof(ConfidenceKind))]
    public ConfidenceKind? Confidence { get; set; }

    /// <summary>Gets or sets which quantile <see cref="ConfidenceKind.TokenQuantile"/> is, from 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double? ConfidenceQuantile { get; set; }

    /// <summary>Gets or sets whether every valid answer is kept about which nobody else has an opinion.</summary>
    public bool? KeepWhenValid { get; set; }

    /// <summary>Gets or sets the share of keeps that goes to the expert for the sake of learning, from 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double? Exploration { get; set; }

    /// <summary>Gets or sets how long the tier may take, from a millisecond to 24 days.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Gets or sets the model that the chat client is asked for.</summary>
    public string? Model { get; set; }

    /// <summary>Gets or sets what the tier's calls cost.</summary>
    public PriceOptions? Prices { get; set; }

    internal TokenConfidence? ToTokenConfidence() => Confidence switch
    {
        ConfidenceKind.TokenMean => TokenConfidence.Mean,
        ConfidenceKind.TokenMinimum => TokenConfidence.Minimum,
        ConfidenceKind.TokenQuantile => TokenConfidence.Quantile(ConfidenceQuantile!.Value),
        ConfidenceKind.TokenSum => TokenConfidence.Sum,
        _ => null,
    };
}
