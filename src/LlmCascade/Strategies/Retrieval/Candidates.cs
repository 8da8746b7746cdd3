namespace LlmCascade.Strategies.Retrieval;

/// <summary>The rows that may be among the best and were not looked at in full yet.</summary>
internal ref struct Candidates(Span<Candidate> rows)
{
    private readonly Span<Candidate> _rows = rows;
    private int _count;

    /// <summary>Adds a row. Where there is no room left, those go that cannot reach the least any more.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TryAdd(Candidate row, float least)
    {
        if (_count == _rows.Length)
        {
            var kept = 0;
            foreach (var other in _rows)
            {
                if (other.Most >= least)
                {
                    _rows[kept++] = other;
                }
            }

            _count = kept;

            // Less would have to be done again soon.
            if (kept > _rows.Length / 2)
            {
                return false;
            }
        }

        _rows[_count++] = row;
        return true;
    }

    /// <summary>Takes all out, the most promising one first.</summary>
    public ReadOnlySpan<Candidate> TakeAll()
    {
        var all = _rows[.._count];
        all.Sort(static (one, other) => other.Most.CompareTo(one.Most));
        _count = 0;
        return all;
    }
}
