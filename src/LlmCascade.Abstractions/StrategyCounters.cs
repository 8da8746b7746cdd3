using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>What became of the answers that were given with a strategy in the prompt, counted by all writers together.</summary>
/// <param name="Shown">How often it was put into a prompt.</param>
/// <param name="Wins">Answers that were confirmed, each by the inverse of the probability with which it was checked.</param>
/// <param name="Losses">Answers that were contradicted, weighted in the same way.</param>
/// <param name="SquaredWeights">The sum of the squares of those weights: (wins + losses)² divided by it is how many equally weighted checks tell as much.</param>
/// <param name="DraftsAgreed">Answers that were deferred, and that the expert's agreed with.</param>
/// <param name="DraftsDisagreed">Answers that were deferred, and that the expert's disagreed with.</param>
[Experimental("LLMC004")]
public readonly record struct StrategyCounters(
    long Shown, double Wins, double Losses, double SquaredWeights, long DraftsAgreed, long DraftsDisagreed);
