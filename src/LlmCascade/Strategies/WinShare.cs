using LlmCascade.Calibration;

namespace LlmCascade.Strategies;

/// <summary>What is known of the share of checked answers that a strategy wins.</summary>
internal static class WinShare
{
    /// <summary>Tells whether it lies below a share with all that the checks leave open, at 95 %.</summary>
    public static bool CannotReach(StrategyCounters counters, double share) => Of(counters).High < share;

    /// <summary>Computes where it lies.</summary>
    public static WilsonInterval Of(StrategyCounters counters) =>
        WilsonInterval.OfWeighted(counters.Wins, counters.Wins + counters.Losses, counters.SquaredWeights);
}
