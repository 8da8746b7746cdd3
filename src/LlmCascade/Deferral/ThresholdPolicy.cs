namespace LlmCascade.Deferral;

/// <summary>Keeps an answer whose confidence reaches a threshold, and defers every other one.</summary>
/// <remarks>An answer without confidence is deferred: absent evidence is not evidence in the middle.</remarks>
public sealed class ThresholdPolicy : IDeferralPolicy
{
    /// <summary>Initializes a policy.</summary>
    /// <param name="threshold">The lowest confidence that is kept, above 0 and at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is outside its range.</exception>
    public ThresholdPolicy(double threshold)
    {
        if (threshold is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(threshold), threshold, "A threshold lies above 0 and is at most 1: at 0 it would keep everything.");
        }

        Threshold = threshold;
    }

    /// <summary>Gets the lowest confidence that is kept.</summary>
    public double Threshold { get; }

    /// <inheritdoc/>
    public bool CanDeferToExpert => false;

    /// <inheritdoc/>
    public Verdict During(GenerationRequest request, ConfidenceRange reachable) =>
        reachable.Maximum < Threshold ? Verdict.Defer(DeferralReasons.ThresholdUnreachable)
        : reachable.Minimum >= Threshold ? Verdict.Keep(DeferralReasons.Confident)
        : Verdict.NoOpinion;

    /// <inheritdoc/>
    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request,
        Generation generation,
        AttemptContext context,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generation);
        var confidence = generation.Confidence;
        return new(
            !confidence.HasValue ? Verdict.Defer(DeferralReasons.NoConfidence)
            : confidence.Value >= Threshold ? Verdict.Keep(DeferralReasons.Confident, confidence)
            : Verdict.Defer(DeferralReasons.BelowThreshold, confidence));
    }
}
