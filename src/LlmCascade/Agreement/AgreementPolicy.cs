using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Agreement;

/// <summary>Defers an answer of several candidates of whom fewer than two could be compared; keeps nothing.</summary>
/// <remarks>One answer agrees with nobody, so that no other policy is to keep it. Tiers that a builder makes have this policy.</remarks>
[Experimental("LLMC005")]
public sealed class AgreementPolicy : IDeferralPolicy
{
    private AgreementPolicy()
    {
    }

    /// <summary>Gets the policy; it has no state.</summary>
    public static AgreementPolicy Instance { get; } = new();

    /// <inheritdoc/>
    public bool CanKeep => false;

    /// <inheritdoc/>
    public bool CanDeferToExpert => false;

    /// <inheritdoc/>
    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generation);
        return new(generation.Agreement is { Score: null } ? Verdict.Defer(AgreementReasons.TooFewAnswers, generation.Confidence) : Verdict.NoOpinion);
    }
}
