using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>What strategies had to do with an answer.</summary>
/// <param name="Matches">The strategies that were found, in the order in which they were put into the prompt, or would have been.</param>
/// <param name="IsHeldOut">Whether the answer was given without them, by a draw, so that it can be told what they are good for.</param>
[Experimental("LLMC004")]
public sealed record StrategyUse(IReadOnlyList<StrategyMatch> Matches, bool IsHeldOut)
{
    /// <summary>Gets whether the answer was given with strategies in its prompt.</summary>
    public bool AreShown => Matches.Count > 0 && !IsHeldOut;
}
