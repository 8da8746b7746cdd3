namespace LlmCascade.Strategies;

/// <summary>A strategy in its place, and who has counted what of it. One writer; everybody may read the strategy.</summary>
internal sealed class Entry
{
    private Strategy _strategy;
    private (Guid Writer, StrategyCounters Counters)[] _counters = [];

    public Entry(Strategy strategy) => _strategy = strategy;

    /// <summary>Gets or sets the strategy as it is at the moment.</summary>
    public Strategy Strategy
    {
        get => Volatile.Read(ref _strategy);
        set => Volatile.Write(ref _strategy, value);
    }

    /// <summary>Gets or sets its row in the index of its scope.</summary>
    public int Row { get; set; }

    /// <summary>Gets the records that say all of it.</summary>
    public IEnumerable<StrategyRecord> Records =>
    [
        new StrategyRecord.Added(Strategy),
        .. _counters.Select(each => new StrategyRecord.Counted(Strategy.Id, each.Writer, each.Counters)),
    ];

    public StrategyCounters CountersOf(Guid writer) => Array.Find(_counters, each => each.Writer == writer).Counters;

    /// <summary>Tells whether a writer has counted more than is known of it.</summary>
    public bool IsNews(Guid writer, in StrategyCounters counters) => CountersOf(writer) is var known && Larger(known, counters) != known;

    /// <summary>Takes over what a writer has counted, as far as it is more than what is known.</summary>
    public void Count(Guid writer, in StrategyCounters counters)
    {
        var larger = Larger(CountersOf(writer), counters);
        _counters = [.. _counters.Where(each => each.Writer != writer), (writer, larger)];
        Strategy = Strategy with { Counters = _counters.Select(each => each.Counters).Aggregate(Sum) };
    }

    private static StrategyCounters Larger(in StrategyCounters left, in StrategyCounters right) => new(
        Math.Max(left.Shown, right.Shown),
        Math.Max(left.Wins, right.Wins),
        Math.Max(left.Losses, right.Losses),
        Math.Max(left.SquaredWeights, right.SquaredWeights),
        Math.Max(left.DraftsAgreed, right.DraftsAgreed),
        Math.Max(left.DraftsDisagreed, right.DraftsDisagreed));

    private static StrategyCounters Sum(StrategyCounters left, StrategyCounters right) => new(
        left.Shown + right.Shown,
        left.Wins + right.Wins,
        left.Losses + right.Losses,
        left.SquaredWeights + right.SquaredWeights,
        left.DraftsAgreed + right.DraftsAgreed,
        left.DraftsDisagreed + right.DraftsDisagreed);
}
