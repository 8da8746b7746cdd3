namespace LlmCascade.Deferral;

/// <summary>Makes policies from functions and from other policies.</summary>
public static class DeferralPolicy
{
    /// <summary>Asks several policies in their order; the first decisive verdict wins.</summary>
    /// <param name="policies">The policies, at least one.</param>
    /// <returns>
    /// The combination. It stops a tier early only where that is certain: a policy that may keep, or may defer to the
    /// expert, and stands before the one that gives up speaks against it.
    /// </returns>
    /// <exception cref="ArgumentException">There is no policy, or one is <see langword="null"/>.</exception>
    public static IDeferralPolicy FirstDecisive(params IEnumerable<IDeferralPolicy> policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        IDeferralPolicy[] all = [.. policies];
        if (all.Length == 0 || all.Contains(null))
        {
            throw new ArgumentException("Give at least one policy, and none that is null.", nameof(policies));
        }

        return all.Length == 1 ? all[0] : new FirstDecisivePolicy(all);
    }

    /// <summary>Makes a policy from a function that looks at the answer.</summary>
    /// <param name="decide">The function, thread-safe. What it throws counts as a deferral.</param>
    /// <returns>The policy.</returns>
    public static IDeferralPolicy Create(Func<GenerationRequest, Generation, Verdict> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        return new FunctionPolicy((request, generation, _, _) => new(decide(request, generation)));
    }

    /// <summary>Makes a policy from an asynchronous function that looks at the answer.</summary>
    /// <param name="decide">The function, thread-safe. What it throws counts as a deferral.</param>
    /// <returns>The policy.</returns>
    public static IDeferralPolicy Create(
        Func<GenerationRequest, Generation, AttemptContext, CancellationToken, ValueTask<Verdict>> decide)
    {
        ArgumentNullException.ThrowIfNull(decide);
        return new FunctionPolicy(decide);
    }

    /// <summary>Makes a policy that keeps every answer that nobody before it had an opinion about.</summary>
    /// <param name="reason">The reason it gives.</param>
    /// <returns>The policy.</returns>
    public static IDeferralPolicy KeepTheRest(string reason = DeferralReasons.Valid)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        var keep = Verdict.Keep(reason);
        return new FunctionPolicy((_, generation, _, _) => new(keep with { Confidence = generation.Confidence }));
    }

    /// <summary>Makes a policy that keeps an answer when a condition holds, and has no opinion otherwise.</summary>
    /// <param name="condition">The condition, thread-safe.</param>
    /// <param name="reason">The reason it gives: a short stable code.</param>
    /// <returns>The policy.</returns>
    public static IDeferralPolicy KeepWhen(
        Func<GenerationRequest, Generation, bool> condition, string reason = DeferralReasons.Condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return Create((request, generation) =>
            condition(request, generation) ? Verdict.Keep(reason, generation.Confidence) : Verdict.NoOpinion);
    }

    /// <summary>Makes a policy that defers an answer when a condition holds, and has no opinion otherwise.</summary>
    /// <param name="condition">The condition, thread-safe.</param>
    /// <param name="reason">The reason it gives: a short stable code.</param>
    /// <returns>The policy.</returns>
    public static IDeferralPolicy DeferWhen(
        Func<GenerationRequest, Generation, bool> condition, string reason = DeferralReasons.Condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new FunctionPolicy(
            (request, generation, _, _) => new(
                condition(request, generation) ? Verdict.Defer(reason, generation.Confidence) : Verdict.NoOpinion),
            canKeep: false,
            canDeferToExpert: false);
    }

    private sealed class FunctionPolicy(
        Func<GenerationRequest, Generation, AttemptContext, CancellationToken, ValueTask<Verdict>> decide,
        bool canKeep = true,
        bool canDeferToExpert = true) : IDeferralPolicy
    {
        public bool CanKeep => canKeep;

        public bool CanDeferToExpert => canDeferToExpert;

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            decide(request, generation, context, cancellationToken);
    }
}
