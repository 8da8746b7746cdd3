using LlmCascade.Deferral;

namespace LlmCascade.Strategies;

/// <summary>Defers answers that were given with a strategy in quarantine, so that the expert's answer tells whether it is any good; keeps nothing.</summary>
internal sealed class QuarantinePolicy : IDeferralPolicy
{
    public bool CanKeep => false;

    public bool CanDeferToExpert => false;

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default) =>
        new(generation.Strategies is { AreShown: true, AreQuarantined: true }
            ? Verdict.Defer(DeferralReasons.Quarantined, generation.Confidence)
            : Verdict.NoOpinion);
}
