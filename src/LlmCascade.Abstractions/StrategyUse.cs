using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>What strategies had to do with an answer.</summary>
/// <param name="Matches">The strategies that were found, in the order in which they were put into the prompt, or would have been.</param>
/// <param name="IsHeldOut">Whether the answer was given without them, by a draw, so that it can be told what they are good for.</param>
[Experimental("LLMC004")]
public sealed record StrategyUse(IReadOnlyList<StrategyMatch> Matches, bool IsHeldOut)
{
    /// <summary>Gets what showing them has cost, at four characters a token.</summary>
    /// <value><see langword="null"/> where prices are unknown; 0 where none were shown.</value>
    public decimal? PromptCost { get; init; }

    /// <summary>Gets whether the answer was given with strategies in its prompt.</summary>
    public bool AreShown => Matches.Count > 0 && !IsHeldOut;

    /// <summary>Gets whether one of them was in quarantine when it was found.</summary>
    internal bool AreQuarantined => Matches.Any(match => match.Strategy.Status == StrategyStatus.Quarantined);

    /// <summary>Gets whether they were drawn at random, so that what becomes of the answer says nothing about them.</summary>
    internal bool IsControl { get; init; }

    /// <summary>Gets whether a further strategy is wanted: the less often, the more often those have failed.</summary>
    internal bool WantsAnother { get; init; } = true;
}
