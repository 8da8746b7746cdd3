namespace LlmCascade.Strategies.Retrieval;

/// <summary>The best rows so far, in order: by score, and of equal ones the one that was added first.</summary>
internal ref struct BestRows(Span<Neighbour> best, float least)
{
    private readonly Span<Neighbour> _best = best;

    public readonly int Capacity => _best.Length;

    public int Count { get; private set; }

    /// <summary>Gets what a score must reach to be among them.</summary>
    public float Least { get; private set; } = least;

    /// <summary>Takes a row in, if it is good enough, in place of the last one.</summary>
    public void Add(Neighbour row)
    {
        if (!(row.Score >= Least) || (Count == Capacity && !IsBefore(row, _best[Count - 1])))
        {
            return;
        }

        var place = Count < Capacity ? Count++ : Count - 1;
        for (; place > 0 && IsBefore(row, _best[place - 1]); place--)
        {
            _best[place] = _best[place - 1];
        }

        _best[place] = row;
        if (Count == Capacity)
        {
            Least = Math.Max(Least, _best[Count - 1].Score);
        }
    }

    private static bool IsBefore(Neighbour row, Neighbour other) =>
        row.Score > other.Score || (row.Score == other.Score && row.Row < other.Row);
}
