namespace LlmCascade.Evaluation.Ensembles;

/// <summary>What members and target cost and how long they take, as far as that is known.</summary>
internal sealed class ReplayPrices(AgreementReplayOptions options)
{
    // Shares in hundredths are not exact.
    private const double Rounding = 1e-9;

    private readonly double? _target = options.Latencies?[options.Target];

    /// <summary>Gets what the members cost together, as a share of what the target costs.</summary>
    public double? Members { get; } = options.Costs is { } costs ? options.Ensemble.Sum(name => costs[name]) / costs[options.Target] : null;

    public double? CostOf(string name) => options.Costs is { } costs ? costs[name] / costs[options.Target] : null;

    public double? LatencyOf(string name) => options.Latencies?[name];

    /// <summary>Adds cost and latency to a point.</summary>
    public AgreementPoint Price(AgreementPoint point)
    {
        var (parallel, sequential) = (options.Latencies is { } known ? options.Ensemble.Max(name => known[name]) : (double?)null, options.Latencies is { } same ? options.Ensemble.Sum(name => same[name]) : (double?)null);
        return point with
        {
            Cost = Members + point.DeferralRate,
            LatencyP50 = Quantile(parallel, point.DeferralRate, 0.5),
            LatencyP95 = Quantile(parallel, point.DeferralRate, 0.95),
            LatencyReduction = _target > 0 ? 1 - ((parallel + (point.DeferralRate * _target)) / _target) : null,
            SequentialLatencyP50 = Quantile(sequential, point.DeferralRate, 0.5),
            SequentialLatencyP95 = Quantile(sequential, point.DeferralRate, 0.95),
        };
    }

    // Everything that is kept takes as long, and so does everything that is deferred.
    private double? Quantile(double? kept, double rate, double share) => 1 - rate >= share - Rounding ? kept : kept + _target;
}
