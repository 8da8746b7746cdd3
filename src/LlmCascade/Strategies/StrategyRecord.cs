namespace LlmCascade.Strategies;

/// <summary>One thing that a journal of strategies says. What is stored follows from the records alone, in whatever order copies met.</summary>
internal abstract record StrategyRecord
{
    private StrategyRecord()
    {
    }

    /// <summary>A strategy is there, with its embedding and a status, which may be higher than the one before.</summary>
    public sealed record Added(Strategy Strategy) : StrategyRecord;

    /// <summary>What one writer has counted of a strategy in all.</summary>
    public sealed record Counted(string Id, Guid Writer, StrategyCounters Counters) : StrategyRecord;

    /// <summary>Somebody has deleted something, for ever and everywhere.</summary>
    public sealed record Deleted(Tombstone Tombstone) : StrategyRecord;

    /// <summary>A strategy was evicted or has expired, in this journal alone.</summary>
    public sealed record Forgotten(string Id) : StrategyRecord;
}
