namespace LlmCascade.Escalation;

/// <summary>What one request asks of the cascade itself; immutable.</summary>
/// <remarks>A caller of <c>IChatClient</c> sets these with <see cref="LlmCascade.CascadeChatOptionsExtensions.WithCascade"/>.</remarks>
public sealed record CascadeRequestOptions
{
    /// <summary>Gets the options of a request that asks for nothing special.</summary>
    public static CascadeRequestOptions Default { get; } = new();

    /// <summary>Gets the scope, usually the tenant, that stored knowledge may be shared in.</summary>
    public string? Scope { get; init; }

    /// <summary>Gets the key that the request's random draws come from; by default the ordinal of the call.</summary>
    public string? Key { get; init; }

    /// <summary>Gets whether nothing may be learned from the request.</summary>
    public bool NoLearning { get; init; }

    /// <summary>Gets whether the expert is asked without asking the tiers.</summary>
    public bool ForceExpert { get; init; }

    /// <summary>
    /// Gets who is told, at least once unless the request ends before, when it will look no more at what is learned: only
    /// chat models are left to be asked, or the expert, whose call is counted.
    /// </summary>
    internal Action? OnLooked { get; init; }

    /// <summary>Gets whether the caller brings the episode to the learners itself, when its turn has come.</summary>
    internal bool LearnsInTurn { get; init; }
}
