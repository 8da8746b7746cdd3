namespace LlmCascade.Deferral;

/// <summary>Lets the expert answer while a student is in its warm-up; keeps nothing.</summary>
internal sealed class WarmUpPolicy(Func<bool> isWarm) : IDeferralPolicy
{
    public bool CanKeep => false;

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default) =>
        new(isWarm() ? Verdict.NoOpinion : Verdict.DeferToExpert(DeferralReasons.WarmUp, generation.Confidence));
}
