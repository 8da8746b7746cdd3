using LlmCascade.Calibration;

namespace LlmCascade.Strategies;

/// <summary>What is known of the share of checked answers that a strategy wins.</summary>
internal static class WinShare
{
    /// <summary>Tells whether it lies below a share with all that the checks leave open, at 95 %.</summary>
    public static bool CannotReach(StrategyCounters counters, double share) => Of(counters).High < share;

    /// <summary>Computes the interval. Checks that were weighted count as many equally weighted ones that tell as much.</summary>
    public static WilsonInterval Of(StrategyCounters counters)
    {
        var weight = counters.Wins + counters.Losses;
        var trials = counters.SquaredWeights > 0 ? weight * weight / counters.SquaredWeights : 0;
        return WilsonInterval.Of(weight > 0 ? counters.Wins / weight * trials : 0, trials);
    }
}
