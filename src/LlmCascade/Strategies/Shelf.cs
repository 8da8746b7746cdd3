using System.Buffers;
using LlmCascade.Strategies.Retrieval;

namespace LlmCascade.Strategies;

/// <summary>The strategies of one scope, in the order in which they were added. One writer; any number of threads search meanwhile.</summary>
internal sealed class Shelf(int dimensions)
{
    private const int FewestRows = 4;
    private const int MostOnStack = 16;

    // What the cosine of a text with itself may be below 1.
    private const double Rounding = 1e-6;

    private Content _content = new(new VectorIndex(dimensions), []);

    /// <summary>Gets how many strategies there are.</summary>
    public int Count { get; private set; }

    /// <summary>Gets them in order.</summary>
    public IEnumerable<Entry> Entries
    {
        get
        {
            var (index, entries) = Volatile.Read(ref _content);
            return entries.Take(index.Count).Where(entry => entry is not null)!;
        }
    }

    public void Add(Entry entry)
    {
        Place(entry, ref _content);
        Count++;
    }

    public void Remove(Entry entry)
    {
        const int Few = 8;
        _content.Index.Remove(entry.Row);
        Volatile.Write(ref _content.Entries[entry.Row], null);
        Count--;
        if (_content.Index.Count - Count is > Few and var gone && gone > Count)
        {
            Rebuild();
        }
    }

    /// <summary>Finds the strategies that may be shown and are the most similar ones.</summary>
    /// <param name="embedding">The query, of length 1.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="least">The least similarity.</param>
    /// <param name="madeAfter">What was made at this time or before has expired.</param>
    /// <param name="includesQuarantined">Whether those in quarantine are meant too.</param>
    public IReadOnlyList<StrategyMatch> Find(
        ReadOnlySpan<float> embedding, int count, double least, DateTimeOffset madeAfter, bool includesQuarantined = false)
    {
        var (index, entries) = Volatile.Read(ref _content);
        Neighbour[]? rented = null;
        var best = (count <= MostOnStack ? stackalloc Neighbour[MostOnStack] : (rented = ArrayPool<Neighbour>.Shared.Rent(count)))[..count];
        var found = index.Search(embedding, best, (float)(least - Rounding), new MayBeShown(entries, madeAfter, includesQuarantined));
        var matches = new List<StrategyMatch>(found);
        foreach (var neighbour in best[..found])
        {
            // It may have been taken away since.
            if (Volatile.Read(ref entries[neighbour.Row]) is { } entry)
            {
                matches.Add(new StrategyMatch(entry.Strategy, Math.Clamp((double)neighbour.Score, -1, 1)));
            }
        }

        if (rented is not null)
        {
            ArrayPool<Neighbour>.Shared.Return(rented);
        }

        return matches;
    }

    private static void Place(Entry entry, ref Content content)
    {
        var row = content.Index.Count;
        if (row == content.Entries.Length)
        {
            var larger = new Entry?[Math.Max(FewestRows, row + (row / 4))];
            content.Entries.CopyTo(larger, 0);
            Volatile.Write(ref content, content with { Entries = larger });
        }

        // Who sees the row sees its entry.
        entry.Row = row;
        content.Entries[row] = entry;
        content.Index.Add(entry.Strategy.Embedding.Span);
        entry.Strategy = entry.Strategy with { Embedding = content.Index[row] };
    }

    // What was removed still takes its room.
    private void Rebuild()
    {
        var content = new Content(new VectorIndex(dimensions), new Entry?[Math.Max(FewestRows, Count)]);
        foreach (var entry in Entries)
        {
            Place(entry, ref content);
        }

        Volatile.Write(ref _content, content);
    }

    private sealed record Content(VectorIndex Index, Entry?[] Entries);

    private readonly struct MayBeShown(Entry?[] entries, DateTimeOffset madeAfter, bool includesQuarantined) : IRowFilter
    {
        // A row that has come since is none of this search's.
        public bool Accepts(int row) =>
            row < entries.Length
            && Volatile.Read(ref entries[row])?.Strategy is { Status: not StrategyStatus.Retired } strategy
            && (includesQuarantined || strategy.Status == StrategyStatus.Active)
            && strategy.CreatedAt > madeAfter;
    }
}
