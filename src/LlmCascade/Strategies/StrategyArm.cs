using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;

namespace LlmCascade.Strategies;

/// <summary>What became of the tiers' answers to requests for which strategies were found: of those that were shown them, or of those that were not.</summary>
/// <param name="Answers">How many answers there were.</param>
/// <param name="Kept">How many of them were kept, or would have been but for a draw.</param>
/// <param name="Checked">How many of them it is known of whether the expert agrees, each by the inverse of the probability of being checked.</param>
/// <param name="Agreed">Those of them that the expert agrees with, weighted in the same way.</param>
/// <param name="SquaredWeights">The sum of the squares of those weights.</param>
[Experimental("LLMC004")]
public readonly record struct StrategyArm(long Answers, long Kept, double Checked, double Agreed, double SquaredWeights)
{
    /// <summary>Gets the share that was kept; <see cref="double.NaN"/> where there were none.</summary>
    public double KeptShare => Answers == 0 ? double.NaN : (double)Kept / Answers;

    /// <summary>Gets the share that the expert agrees with; <see cref="double.NaN"/> where none were checked.</summary>
    public double AgreedShare => Checked == 0 ? double.NaN : Agreed / Checked;

    internal WilsonInterval KeptInterval => WilsonInterval.Of(Kept, Answers);

    internal WilsonInterval AgreedInterval => WilsonInterval.OfWeighted(Agreed, Checked, SquaredWeights);
}
