namespace LlmCascade.Deferral;

/// <summary>The combination that <see cref="DeferralPolicy.FirstDecisive"/> makes.</summary>
internal sealed class FirstDecisivePolicy(IDeferralPolicy[] policies) : IDeferralPolicy
{
    public bool CanKeep => policies.Any(policy => policy.CanKeep);

    public bool CanDeferToExpert => policies.Any(policy => policy.CanDeferToExpert);

    public async ValueTask<Verdict> BeforeAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
    {
        foreach (var policy in policies)
        {
            // Only a deferral means anything here; a keep must not hide the deferral of a later policy.
            var verdict = await policy.BeforeAsync(request, context, cancellationToken);
            if (verdict.IsDeferral)
            {
                return verdict;
            }
        }

        return Verdict.NoOpinion;
    }

    public Verdict During(GenerationRequest request, ConfidenceRange reachable)
    {
        foreach (var policy in policies)
        {
            var verdict = policy.During(request, reachable);
            if (verdict.IsDecisive)
            {
                return verdict;
            }

            if (policy.CanKeep || policy.CanDeferToExpert)
            {
                // It may decide otherwise about the finished answer, so nothing after it is certain.
                return Verdict.NoOpinion;
            }
        }

        return Verdict.NoOpinion;
    }

    public async ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken)
    {
        foreach (var policy in policies)
        {
            var verdict = await policy.AfterAsync(request, generation, context, cancellationToken);
            if (verdict.IsDecisive)
            {
                return verdict;
            }
        }

        return Verdict.NoOpinion;
    }
}
