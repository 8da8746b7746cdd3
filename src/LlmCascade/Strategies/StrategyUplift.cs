using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;

namespace LlmCascade.Strategies;

/// <summary>What strategies are good for: answers that were given with them beside those from which they were held back by a draw.</summary>
/// <remarks>
/// It needs <see cref="StrategyReadingOptions.HoldOutShare"/>; for agreement also audits, because of kept answers nothing else is known. What the host
/// reports is left out, because it chooses what it reports. Counted since the cascade was made.
/// </remarks>
/// <param name="Shown">Answers that were given with strategies.</param>
/// <param name="HeldOut">Answers from which they were held back.</param>
[Experimental("LLMC004")]
public sealed record StrategyUplift(StrategyArm Shown, StrategyArm HeldOut)
{
    /// <summary>Gets by how much the share of kept answers is larger with strategies.</summary>
    public StrategyGain KeptShare => GainOf(Shown.KeptShare, Shown.KeptInterval, HeldOut.KeptShare, HeldOut.KeptInterval);

    /// <summary>Gets by how much the share of answers that the expert agrees with is larger with strategies.</summary>
    public StrategyGain AgreedShare => GainOf(Shown.AgreedShare, Shown.AgreedInterval, HeldOut.AgreedShare, HeldOut.AgreedInterval);

    /// <summary>Gets what was saved and what it has cost; <see langword="null"/> where nothing was held back, or prices are unknown: the expert's, or those of a tier that is shown strategies.</summary>
    /// <remarks>A kept answer counts as a call of the expert that was spared, also where a tier between might have kept it.</remarks>
    public StrategySaving? Saving
    {
        get
        {
            if (KeptShare is not { Value: not double.NaN } gain || Spending.ExpertCalls == 0 || Spending.Unpriced > 0)
            {
                return null;
            }

            var all = Shown.Answers * (Spending.ExpertCost / Spending.ExpertCalls);
            return new StrategySaving(
                (decimal)gain.Value * all,
                (decimal)gain.Low * all,
                (decimal)gain.High * all,
                Spending.Prompts,
                Spending.Notes,
                Spending.Embeddings);
        }
    }

    internal StrategySpending Spending { get; init; }

    private static StrategyGain GainOf(double first, WilsonInterval firstInterval, double second, WilsonInterval secondInterval)
    {
        if (double.IsNaN(first) || double.IsNaN(second))
        {
            return new StrategyGain(double.NaN, -1, 1);
        }

        var interval = WilsonInterval.OfDifference(first, firstInterval, second, secondInterval);
        return new StrategyGain(first - second, interval.Low, interval.High);
    }
}
