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
}
