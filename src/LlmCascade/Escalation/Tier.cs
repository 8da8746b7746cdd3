namespace LlmCascade.Escalation;

/// <summary>A generator that is asked before the expert, with the policy that decides about its answers.</summary>
/// <remarks>Immutable; it may belong to several cascades.</remarks>
public sealed class Tier
{
    /// <summary>Initializes a tier.</summary>
    /// <param name="name">A name that is unique within the cascade.</param>
    /// <param name="generator">Who answers.</param>
    /// <param name="policy">Who decides whether the answer is kept. It decides alone: combine policies with <see cref="Deferral.DeferralPolicy.FirstDecisive"/>.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public Tier(string name, IGenerator generator, IDeferralPolicy policy)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(policy);
        Name = name;
        Generator = generator;
        Policy = policy;
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets who answers.</summary>
    public IGenerator Generator { get; }

    /// <summary>Gets who decides whether the answer is kept.</summary>
    public IDeferralPolicy Policy { get; }

    /// <summary>Gets what a call costs; <see langword="null"/> when that is unknown.</summary>
    public Prices? Prices { get; init; }

    /// <summary>Gets how long the tier may take, decisions included; <see langword="null"/> for no limit of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above zero, or above 24 days.</exception>
    public TimeSpan? Timeout { get; init => field = Limits.Positive(value); }

    /// <summary>Gets whether server-side conversations live at this tier, so that requests that continue one go to it alone.</summary>
    public bool OwnsConversations { get; init; }

    /// <summary>Gets whether it answers without a look at what the cascade learns.</summary>
    internal bool LearnsNothing { get; init; }
}
