namespace LlmCascade.Escalation;

/// <summary>The generator that answers when no tier's answer was kept.</summary>
/// <remarks>Immutable; it may belong to several cascades.</remarks>
public sealed class Expert
{
    /// <summary>Initializes an expert.</summary>
    /// <param name="generator">Who answers.</param>
    /// <param name="name">The name in traces and totals.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="generator"/> is <see langword="null"/>.</exception>
    public Expert(IGenerator generator, string name = "expert")
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Generator = generator;
        Name = name;
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets who answers.</summary>
    public IGenerator Generator { get; }

    /// <summary>Gets the policy that may abstain: an answer that it does not keep is returned, marked <see cref="Generation.IsAbstained"/>.</summary>
    /// <value><see langword="null"/>, the default, accepts every answer. Only <see cref="IDeferralPolicy.AfterAsync"/> is asked.</value>
    public IDeferralPolicy? Policy { get; init; }

    /// <summary>Gets what a call costs; <see langword="null"/> when that is unknown.</summary>
    public Prices? Prices { get; init; }

    /// <summary>Gets how long the expert may take; <see langword="null"/> for no limit of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above zero, or above 24 days.</exception>
    public TimeSpan? Timeout { get; init => field = Limits.Positive(value); }

    /// <summary>Says whether an answer of the expert is accepted, or abstained from.</summary>
    internal async ValueTask<Verdict> AcceptAsync(
        GenerationRequest request, Generation generation, AttemptNode attempt, CancellationToken cancellationToken)
    {
        if (generation.IsAbstained)
        {
            return new Verdict(Decision.Abstain, EscalationReasons.Abstained, generation.Confidence);
        }

        if (Policy is null)
        {
            return Verdict.Keep(EscalationReasons.Expert, generation.Confidence);
        }

        try
        {
            var verdict = await Policy.AfterAsync(request, generation, attempt, cancellationToken);
            return verdict.Decision switch
            {
                Decision.Keep => verdict,
                Decision.NoOpinion => new Verdict(Decision.Abstain, EscalationReasons.Undecided, generation.Confidence),
                _ => verdict with { Decision = Decision.Abstain },
            };
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            attempt.Failed(e);
            return new Verdict(Decision.Abstain, EscalationReasons.PolicyFailed, generation.Confidence);
        }
    }
}
