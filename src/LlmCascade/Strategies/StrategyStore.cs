using System.Buffers.Binary;
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
    private bool _hasForgottenExpired;

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

    /// <summary>Gets whether the file should be written anew, as soon as nobody has to wait for it.</summary>
    public bool WantsCompaction => _journal is { } journal && (journal.IsLong || _hasForgottenExpired);

    private StrategyState State => Volatile.Read(ref _loaded).State;

    private DateTimeOffset MadeAfter =>
        _timeToLive is { } time && _time.GetUtcNow() is var now && now.UtcTicks > time.Ticks ? now - time : DateTimeOffset.MinValue;

    public bool HasAny(string scope) => State.ShelfOf(scope) is not null;

    public IReadOnlyList<StrategyMatch> Find(StrategyQuery query, ReadOnlySpan<float> embedding) =>
        State.ShelfOf(query.Scope)?.Find(embedding, query.Count, query.MinimumSimilarity, MadeAfter, query.IncludesQuarantined) ?? [];

    public IEnumerable<Strategy> List(StrategyFilter filter) => State.EntriesOf(filter).Select(entry => entry.Strategy).Where(IsAlive);

    /// <summary>Tells whether a strategy is neither there nor deleted, so that its embedding is needed.</summary>
    public bool IsNew(Strategy strategy) =>
        State.Find(strategy.Id) is { } entry ? !IsAlive(entry.Strategy) : State.IsNews(new StrategyRecord.Added(strategy));

    /// <summary>Adds strategies, those that are new with their embeddings.</summary>
    /// <returns>How many were new or have a higher status now.</returns>
    public int Add(IReadOnlyCollection<Strategy> strategies)
    {
        Strategy[] alive = [.. strategies.Where(IsAlive)];
        MakeWay(alive);
        var added = Write(alive.Select(strategy => new StrategyRecord.Added(strategy)));
        Tidy();
        return added;
    }

    public void Count(StrategyOutcome outcome)
    {
        if (State.Find(outcome.StrategyId) is { } entry && entry.Strategy.Scope == outcome.Scope)
        {
            var writer = WriterFor(entry.Strategy);
            Write([new StrategyRecord.Counted(outcome.StrategyId, writer, Sum(entry.CountersOf(writer), outcome))]);
            Tidy();
        }
    }

    /// <returns>How many were deleted.</returns>
    public int Delete(StrategyFilter filter)
    {
        var key = State.Tombstones.Key;
        Entry[] deleted = filter.Id is { } id
            ? State.Find(id) is { } only && filter.Matches(only.Strategy) ? [only] : []
            : [.. State.EntriesOf(filter)];
        Write(
        [
            new StrategyRecord.Deleted(Tombstone.Of(key, filter, _time.GetUtcNow())),
            .. deleted.Select(entry => new StrategyRecord.Deleted(Tombstone.Of(key, entry.Strategy.Id))),
        ]);
        Array.ForEach(deleted, State.Remove);
        NoteGone(deleted.Length);
        return deleted.Length;
    }

    /// <summary>Gets embeddings, by id, for what another journal holds and what need not be embedded for it: what is here, and what cannot come in.</summary>
    public Dictionary<string, ReadOnlyMemory<float>> EmbeddingsOf(StrategyState other)
    {
        var nothing = new float[Space.Dimensions];
        var embeddings = new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal);
        foreach (var strategy in other.Entries.Select(entry => entry.Strategy))
        {
            if (State.Find(strategy.Id) is { } known)
            {
                embeddings.Add(strategy.Id, known.Strategy.Embedding);
            }
            else if (!IsAlive(strategy) || State.Tombstones.Cover(strategy) || other.Tombstones.Cover(strategy))
            {
                embeddings.Add(strategy.Id, nothing);
            }
        }

        return embeddings;
    }

    /// <summary>Takes over what another journal knows.</summary>
    public StrategyMergeResult Merge(StrategyState other)
    {
        var isDeletedFrom = Write(other.Tombstones.All.Select(tombstone => new StrategyRecord.Deleted(tombstone))) > 0;

        // Looking for what was deleted takes a while, so it is looked for only where there may be some.
        var met = other.Entries.Where(entry => State.Find(entry.Strategy.Id)?.Strategy is not { } known
            || known.CreatedAt != entry.Strategy.CreatedAt
            || known.Producer != entry.Strategy.Producer);
        met = isDeletedFrom ? met.Concat(State.Entries) : met;
        isDeletedFrom |= Write([.. State.Tombstones.ForIdsOf(met.Select(entry => entry.Strategy)).Select(tombstone => new StrategyRecord.Deleted(tombstone))]) > 0;
        var deleted = isDeletedFrom ? State.Sweep() : 0;
        NoteGone(deleted);

        Entry[] entries = [.. other.Entries.Where(entry => IsAlive(entry.Strategy))];
        MakeWay(entries.Select(entry => entry.Strategy));
        var changed = entries.Count(entry => State.Find(entry.Strategy.Id) is not null && entry.Records.Any(State.IsNews));
        var before = State.Count;

        // A count is news only where its strategy is there already.
        Write(entries.Select(entry => new StrategyRecord.Added(entry.Strategy)));
        var added = State.Count - before;
        Write(entries.SelectMany(entry => entry.Records));
        Tidy();
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

    /// <summary>Writes the file anew with what is there and has not expired.</summary>
    /// <exception cref="JournalException">It could not be written.</exception>
    public void Compact()
    {
        Forget(Expired());
        _journal?.Rewrite(State);
        _hasForgottenExpired = false;
    }

    /// <summary>Compacts, where nobody has asked for it and so nobody is told that it failed: it is tried again when the file has grown.</summary>
    public void TryCompact()
    {
        try
        {
            Compact();
        }
        catch (JournalException)
        {
            _journal?.Postpone();
            _hasForgottenExpired = false;
        }
    }

    /// <summary>Forgets what has expired while nobody had the journal open.</summary>
    public void ForgetExpired()
    {
        if (_journal is not null && Expired().Length > 0)
        {
            TryCompact();
        }
    }

    public void Dispose()
    {
        if (_journal is { HoldsGoneText: true })
        {
            TryCompact();
        }

        _journal?.Dispose();
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

    private void NoteGone(int strategies)
    {
        if (_journal is not null)
        {
            _journal.HoldsGoneText |= strategies > 0;
        }
    }

    // A strategy that was evicted and made again is counted from 0, which must not be taken for what was counted of it before.
    private Guid WriterFor(Strategy strategy)
    {
        Span<byte> bytes = stackalloc byte[16];
        _writer.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) ^ strategy.CreatedAt.UtcTicks);
        return new Guid(bytes);
    }

    // First the journal, then the memory: nobody sees what could be lost.
    private int Write(IEnumerable<StrategyRecord> records)
    {
        var written = 0;
        foreach (var batch in records.Where(State.IsNews).Chunk(BatchSize))
        {
            // What could not be read again must not be written.
            if (Array.Find(batch, record => record is StrategyRecord.Added added && !Fits(added.Strategy)) is StrategyRecord.Added { Strategy: var odd })
            {
                throw new InvalidOperationException($"An embedding of {odd.Embedding.Length} numbers does not belong among those of {Space.Dimensions}.");
            }

            _journal?.Write(batch);
            Array.ForEach(batch, State.Apply);
            written += batch.Length;
        }

        return written;
    }

    private bool Fits(Strategy strategy) => strategy.Embedding.Length == Space.Dimensions || State.Find(strategy.Id) is not null;

    // What has expired is made anew, and not taken for what is there already; but only by what comes with an embedding.
    private void MakeWay(IEnumerable<Strategy> strategies) => Forget(
        from strategy in strategies
        where !strategy.Embedding.IsEmpty
        let known = State.Find(strategy.Id)?.Strategy
        where known is not null && !IsAlive(known)
        select known);

    // Whoever wrote something is not told that this failed: what it wrote is there.
    private void Tidy()
    {
        try
        {
            ForgetExpiredInTime();
            if (State.Count > _maxStrategies)
            {
                var target = _maxStrategies - (_maxStrategies / ShareEvicted);
                Forget(Usefulness.PickLeast(State, State.Count - target, _time.GetUtcNow()));
            }
        }
        catch (JournalException)
        {
        }
    }

    private void ForgetExpiredInTime()
    {
        if (_timeToLive is { } lifetime && _time.GetUtcNow() >= _nextExpiry)
        {
            Forget(Expired());
            _hasForgottenExpired = _journal is { HoldsGoneText: true };
            _nextExpiry = _time.GetUtcNow() + TimeSpan.FromTicks(Math.Min(lifetime.Ticks / SweepsInLifetime, TimeSpan.TicksPerDay));
        }
    }

    private Strategy[] Expired() => _timeToLive is null ? [] : [.. State.Entries.Select(entry => entry.Strategy).Where(strategy => !IsAlive(strategy))];

    private void Forget(IEnumerable<Strategy> strategies) => Write([.. strategies.Select(strategy => new StrategyRecord.Forgotten(strategy.Id)).Distinct()]);
}
