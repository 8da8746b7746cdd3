using LlmCascade.Persistence;

namespace LlmCascade.Strategies;

/// <summary>Strategies in memory and, where there is one, their journal: what is changed is written first.</summary>
/// <remarks>One thread changes them at a time; any number of threads search meanwhile.</remarks>
internal sealed class StrategyStore : IDisposable
{
    // A few at a time, because finding them takes a look at all of a scope.
    private const int ShareEvicted = 100;
    private const int SweepsInLifetime = 16;
    private const int BatchSize = 256;

    private readonly StrategyJournal? _journal;
    private readonly int _maxStrategies;
    private readonly TimeSpan? _timeToLive;
    private readonly TimeProvider _time;
    private readonly Guid _writer;
    private LoadedStrategies _loaded;
    private DateTimeOffset _nextExpiry;
    private bool _holdsDeletedText;

    /// <param name="loaded">What there is.</param>
    /// <param name="journal">Where changes are written; <see langword="null"/> for nowhere.</param>
    /// <param name="options">How many there may be, and for how long.</param>
    public StrategyStore(LoadedStrategies loaded, StrategyJournal? journal, StrategyRepositoryOptions options)
    {
        _loaded = loaded;
        _journal = journal;
        _maxStrategies = options.MaxStrategies;
        _timeToLive = options.TimeToLive;
        _time = options.TimeProvider;
        _writer = journal?.WriterId ?? Guid.NewGuid();
    }

    public EmbeddingSpace Space => State.Space;

    public IEnumerable<Strategy> All => State.Entries.Select(entry => entry.Strategy).Where(IsAlive);

    private StrategyState State => Volatile.Read(ref _loaded).State;

    private DateTimeOffset MadeAfter => _timeToLive is { } time ? _time.GetUtcNow() - time : DateTimeOffset.MinValue;

    public bool HasAny(string scope) => State.ShelfOf(scope) is not null;

    public IReadOnlyList<StrategyMatch> Find(StrategyQuery query, ReadOnlySpan<float> embedding) =>
        State.ShelfOf(query.Scope)?.Find(embedding, query.Count, query.MinimumSimilarity, MadeAfter) ?? [];

    /// <summary>Tells whether a strategy is neither there nor deleted, so that its embedding is needed.</summary>
    public bool IsNew(Strategy strategy) => State.Find(strategy.Id) is null && State.IsNews(new StrategyRecord.Added(strategy));

    /// <summary>Adds strategies, those that are new with their embeddings.</summary>
    /// <returns>How many were new or have a higher status now.</returns>
    public int Add(IEnumerable<Strategy> strategies)
    {
        var added = Write(strategies.Select(strategy => new StrategyRecord.Added(strategy)));
        MakeRoom();
        return added;
    }

    public void Count(StrategyOutcome outcome)
    {
        if (State.Find(outcome.StrategyId) is { } entry && entry.Strategy.Scope == outcome.Scope)
        {
            Write([new StrategyRecord.Counted(outcome.StrategyId, _writer, Sum(entry.CountersOf(_writer), outcome))]);
            CompactIfLong();
        }
    }

    /// <returns>How many were deleted.</returns>
    public int Delete(StrategyFilter filter)
    {
        var key = State.Tombstones.Key;
        Entry[] deleted = [.. State.Entries.Where(entry => filter.Matches(entry.Strategy))];
        Write(
        [
            new StrategyRecord.Deleted(Tombstone.Of(key, filter, _time.GetUtcNow())),
            .. deleted.Select(entry => new StrategyRecord.Deleted(Tombstone.Of(key, entry.Strategy.Id))),
        ]);
        Array.ForEach(deleted, State.Remove);
        _holdsDeletedText |= deleted.Length > 0;
        return deleted.Length;
    }

    /// <summary>Takes over what another journal knows.</summary>
    public StrategyMergeResult Merge(StrategyState other)
    {
        Write(other.Tombstones.All.Select(tombstone => new StrategyRecord.Deleted(tombstone)));
        var met = State.Entries.Concat(other.Entries).Select(entry => entry.Strategy);
        Write([.. State.Tombstones.ForIdsOf(met).Select(tombstone => new StrategyRecord.Deleted(tombstone))]);
        var deleted = State.Sweep();
        _holdsDeletedText |= deleted > 0;

        Entry[] entries = [.. other.Entries.Where(entry => IsAlive(entry.Strategy))];
        var changed = entries.Count(entry => State.Find(entry.Strategy.Id) is not null && entry.Records.Any(State.IsNews));
        var before = State.Count;

        // A count is news only where its strategy is there already.
        Write(entries.Select(entry => new StrategyRecord.Added(entry.Strategy)));
        var added = State.Count - before;
        Write(entries.SelectMany(entry => entry.Records));
        MakeRoom();
        return new StrategyMergeResult(added, changed, deleted);
    }

    /// <summary>Reads what somebody else has written since.</summary>
    public void Follow(string path)
    {
        var loaded = StrategyJournal.ReadOn(path, _loaded);
        if (!loaded.State.Space.IsSame(Space))
        {
            throw new JournalException(path, $"holds embeddings of {loaded.State.Space.Name} now, and held those of {Space.Name}", "Open it anew.");
        }

        Volatile.Write(ref _loaded, loaded);
    }

    public void Compact()
    {
        Forget(Expired());
        _journal?.Rewrite(State);
        _holdsDeletedText = false;
    }

    public void Dispose()
    {
        if (_journal is null)
        {
            return;
        }

        try
        {
            if (_holdsDeletedText)
            {
                Compact();
            }
        }
        finally
        {
            _journal.Dispose();
        }
    }

    private static StrategyCounters Sum(StrategyCounters counters, StrategyOutcome outcome)
    {
        var weight = 1 / outcome.Propensity;
        return outcome.Kind switch
        {
            StrategyOutcomeKind.Shown => counters with { Shown = counters.Shown + 1 },
            StrategyOutcomeKind.Won => counters with { Wins = counters.Wins + weight, SquaredWeights = counters.SquaredWeights + (weight * weight) },
            StrategyOutcomeKind.Lost => counters with { Losses = counters.Losses + weight, SquaredWeights = counters.SquaredWeights + (weight * weight) },
            StrategyOutcomeKind.DraftAgreed => counters with { DraftsAgreed = counters.DraftsAgreed + 1 },
            _ => counters with { DraftsDisagreed = counters.DraftsDisagreed + 1 },
        };
    }

    private bool IsAlive(Strategy strategy) => strategy.CreatedAt > MadeAfter;

    // First the journal, then the memory: nobody sees what could be lost.
    private int Write(IEnumerable<StrategyRecord> records)
    {
        var written = 0;
        foreach (var batch in records.Where(State.IsNews).Chunk(BatchSize))
        {
            _journal?.Write(batch);
            Array.ForEach(batch, State.Apply);
            written += batch.Length;
        }

        return written;
    }

    private void MakeRoom()
    {
        if (_timeToLive is { } lifetime && _time.GetUtcNow() >= _nextExpiry)
        {
            Forget(Expired());
            _nextExpiry = _time.GetUtcNow() + (lifetime / SweepsInLifetime);
        }

        if (State.Count > _maxStrategies)
        {
            var target = _maxStrategies - (_maxStrategies / ShareEvicted);
            Forget(Usefulness.PickLeast(State, State.Count - target, _time.GetUtcNow()));
        }

        CompactIfLong();
    }

    private Strategy[] Expired() => [.. State.Entries.Select(entry => entry.Strategy).Where(strategy => !IsAlive(strategy))];

    private void Forget(IEnumerable<Strategy> strategies) => Write(strategies.Select(strategy => new StrategyRecord.Forgotten(strategy.Id)));

    private void CompactIfLong()
    {
        if (_journal is { IsLong: true })
        {
            Compact();
        }
    }
}
