using System.Collections.Concurrent;

namespace LlmCascade.Strategies;

/// <summary>What follows from the records of a journal. One writer; any number of threads search meanwhile.</summary>
/// <remarks>
/// Applying records is commutative and idempotent, but for what was forgotten: content is only ever added, a status only rises,
/// counters only grow, a deletion holds for ever. So copies that have seen the same records are equal.
/// </remarks>
/// <param name="space">Which model embeds the queries.</param>
internal sealed class StrategyState(EmbeddingSpace space)
{
    private readonly ConcurrentDictionary<string, Shelf> _shelves = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public EmbeddingSpace Space => space;

    /// <summary>Gets how many strategies there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Gets what was deleted.</summary>
    public Tombstones Tombstones { get; } = new();

    /// <summary>Gets the strategies of each scope.</summary>
    public IEnumerable<Shelf> Shelves => _shelves.Values;

    /// <summary>Gets all strategies: by scope, and in the order in which they were added.</summary>
    public IEnumerable<Entry> Entries => _shelves.OrderBy(each => each.Key, StringComparer.Ordinal).SelectMany(each => each.Value.Entries);

    /// <summary>Gets those that a filter means, in that order.</summary>
    public IEnumerable<Entry> EntriesOf(StrategyFilter filter) =>
        (filter.Scope is { } scope ? ShelfOf(scope)?.Entries ?? [] : Entries).Where(entry => filter.Matches(entry.Strategy));

    /// <summary>Gets records from which the same state follows.</summary>
    public IEnumerable<StrategyRecord> Records =>
    [
        .. Tombstones.All.Select(tombstone => new StrategyRecord.Deleted(tombstone)),
        .. Entries.SelectMany(entry => entry.Records),
    ];

    public Shelf? ShelfOf(string scope) => _shelves.GetValueOrDefault(scope);

    public Entry? Find(string id) => _entries.GetValueOrDefault(id);

    /// <summary>Tells whether a record changes anything.</summary>
    public bool IsNews(StrategyRecord record) => record switch
    {
        StrategyRecord.Added { Strategy: var strategy } => Find(strategy.Id) is { } entry
            ? !ReferenceEquals(Join(entry.Strategy, strategy), entry.Strategy) && !Tombstones.Cover(strategy)
            : !Tombstones.Cover(strategy),
        StrategyRecord.Counted counted => Find(counted.Id) is { } entry && entry.IsNews(counted.Writer, counted.Counters),
        StrategyRecord.Deleted deleted => Tombstones.IsNews(deleted.Tombstone),
        StrategyRecord.Forgotten forgotten => _entries.ContainsKey(forgotten.Id),
        _ => false,
    };

    /// <summary>Takes a record over. Deletions take effect with <see cref="Sweep"/>.</summary>
    /// <exception cref="InvalidDataException">The record does not fit; the message completes "The journal …".</exception>
    public void Apply(StrategyRecord record)
    {
        switch (record)
        {
            case StrategyRecord.Added { Strategy: var strategy } when Find(strategy.Id) is { } entry:
                entry.Strategy = Join(entry.Strategy, strategy);
                break;
            case StrategyRecord.Added { Strategy: var strategy }:
                Add(strategy);
                break;
            case StrategyRecord.Counted counted:
                Find(counted.Id)?.Count(counted.Writer, counted.Counters);
                break;
            case StrategyRecord.Deleted deleted:
                Tombstones.Add(deleted.Tombstone);
                break;
            case StrategyRecord.Forgotten forgotten when Find(forgotten.Id) is { } entry:
                Remove(entry);
                break;
        }
    }

    /// <summary>Takes away what was deleted, for ever.</summary>
    /// <returns>How many strategies that were.</returns>
    public int Sweep()
    {
        Entry[] deleted = [.. _entries.Values.Where(entry => Tombstones.Cover(entry.Strategy))];
        foreach (var tombstone in Tombstones.ForIdsOf([.. deleted.Select(entry => entry.Strategy)]).ToArray())
        {
            Tombstones.Add(tombstone);
        }

        Array.ForEach(deleted, Remove);
        return deleted.Length;
    }

    public void Remove(Entry entry)
    {
        var strategy = entry.Strategy;
        var shelf = _shelves[strategy.Scope];
        shelf.Remove(entry);
        _entries.Remove(strategy.Id);
        if (shelf.Count == 0)
        {
            _shelves.TryRemove(strategy.Scope, out _);
        }
    }

    // Two copies of the same content may have been made at different times, by different producers: all keep the first.
    private static Strategy Join(Strategy known, Strategy other)
    {
        var status = (StrategyStatus)Math.Max((int)known.Status, (int)other.Status);
        if (IsEarlier(other, known))
        {
            return new Strategy(known.Scope, known.Query, known.Text, other.Producer)
            {
                ModelId = other.ModelId,
                CreatedAt = other.CreatedAt,
                Status = status,
                Counters = known.Counters,
                Embedding = known.Embedding,
                EmbeddingModelId = known.EmbeddingModelId,
            };
        }

        return status == known.Status ? known : known with { Status = status };
    }

    private static bool IsEarlier(Strategy left, Strategy right)
    {
        var time = left.CreatedAt.CompareTo(right.CreatedAt);
        var producer = string.CompareOrdinal(left.Producer, right.Producer);
        return time < 0
            || (time == 0 && (producer < 0 || (producer == 0 && string.CompareOrdinal(left.ModelId ?? "", right.ModelId ?? "") < 0)));
    }

    private void Add(Strategy strategy)
    {
        if (strategy.Embedding.Length != space.Dimensions)
        {
            throw new InvalidDataException($"holds an embedding of {strategy.Embedding.Length} numbers among those of {space.Dimensions}");
        }

        var entry = new Entry(strategy with { Counters = default, EmbeddingModelId = space.Name });
        var shelf = _shelves.GetOrAdd(strategy.Scope, static (_, dimensions) => new Shelf(dimensions), space.Dimensions);
        shelf.Add(entry);
        _entries.Add(strategy.Id, entry);
    }
}
