using System.Buffers;

namespace LlmCascade.Strategies.Retrieval;

/// <summary>Finds the rows with the largest dot products, exactly: those that a full scan would find.</summary>
/// <remarks>
/// One writer; any number of threads search meanwhile, without locks and without allocating. Rows in 4 and in 8 bits say which may
/// be among the best, by bounds on what quantisation loses; the score of those is computed in full.
/// </remarks>
internal sealed class VectorIndex
{
    /// <summary>The most rows of a block.</summary>
    public const int RowsOfBlock = 1024;

    /// <summary>The most numbers a vector may have.</summary>
    public const int MostDimensions = 65_536;

    private const int FewestRowsOfBlock = 4;

    // A centre takes the room of a row.
    private const int FewestRowsWithCentre = 256;
    private const int LargestOnStack = 4096;

    // So few rows are compared in full before the query would be quantised.
    private const int Few = 64;
    private const int MostCandidates = 1024;

    // So that neither squares nor their products leave the range of single precision.
    private const double SmallestNorm = 1e-15;
    private const double LargestNorm = 1e15;

    private readonly int _dimensions;
    private VectorBlock[] _blocks = [];
    private int _count;

    /// <summary>Makes an empty index.</summary>
    /// <param name="dimensions">How many numbers a vector has, from 1 to <see cref="MostDimensions"/>.</param>
    public VectorIndex(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MostDimensions);
        _dimensions = dimensions;
    }

    /// <summary>Gets how many rows were added, those included that were removed.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Gets a row as it was added. It never changes.</summary>
    public ReadOnlyMemory<float> this[int row]
    {
        get
        {
            var blocks = Volatile.Read(ref _blocks);
            var block = blocks[PlaceOf(row, blocks)];
            return block[row - block.First][.._dimensions];
        }
    }

    /// <summary>Adds a row behind all others.</summary>
    /// <param name="vector">The vector, copied: of length 0, or from 1e-15 to 1e15.</param>
    /// <returns>The number of the row.</returns>
    /// <exception cref="ArgumentException">The vector has another number of dimensions, or a length out of that range.</exception>
    public int Add(ReadOnlySpan<float> vector)
    {
        CheckDimensions(vector);
        if (_blocks.Length == 0 || _count == _blocks[^1].First + _blocks[^1].Capacity)
        {
            Grow();
        }

        // A row that is refused here is not published, and the next one takes its place.
        CheckLength(_blocks[^1].Place(_count - _blocks[^1].First, vector));
        _blocks[^1].Quantise(_count - _blocks[^1].First);
        Volatile.Write(ref _count, _count + 1);
        return _count - 1;
    }

    /// <summary>Takes a row out of all searches that begin later. Its memory stays taken.</summary>
    public void Remove(int row)
    {
        var block = _blocks[PlaceOf(row, _blocks)];
        block.Remove(row - block.First);
    }

    /// <summary>Finds the rows with the largest scores.</summary>
    /// <param name="query">The query, of as many dimensions; of length 0, or from 1e-15 to 1e15.</param>
    /// <param name="best">Gets them, the best first, of equal ones the one that was added first; as many as there is room for.</param>
    /// <param name="least">The least score.</param>
    /// <param name="filter">Says which rows may be found. It is asked about candidates only.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">The query has another number of dimensions, or a length out of that range.</exception>
    public int Search<TFilter>(ReadOnlySpan<float> query, Span<Neighbour> best, float least, TFilter filter)
        where TFilter : struct, IRowFilter
    {
        CheckDimensions(query);

        var (stride, codes) = (VectorBlock.StrideOf(_dimensions), VectorBlock.CodesOf(_dimensions));
        if (Count <= Few && stride <= LargestOnStack)
        {
            return SearchAll(query, best, least, filter, stackalloc float[stride]);
        }

        if (codes <= LargestOnStack)
        {
            return Search(query, best, least, filter, stackalloc float[stride], stackalloc sbyte[2 * codes]);
        }

        var numbers = ArrayPool<float>.Shared.Rent(stride);
        var quantized = ArrayPool<sbyte>.Shared.Rent(2 * codes);
        try
        {
            return Search(query, best, least, filter, numbers.AsSpan(0, stride), quantized.AsSpan(0, 2 * codes));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(numbers);
            ArrayPool<sbyte>.Shared.Return(quantized);
        }
    }

    private int SearchAll<TFilter>(ReadOnlySpan<float> query, Span<Neighbour> best, float least, TFilter filter, Span<float> numbers)
        where TFilter : struct, IRowFilter
    {
        Pad(query, numbers);
        if (best.IsEmpty)
        {
            return 0;
        }

        var count = Volatile.Read(ref _count);
        scoped var found = new BestRows(best, least);
        foreach (var block in Volatile.Read(ref _blocks))
        {
            var rows = Math.Min(block.Capacity, count - block.First);
            for (var row = 0; row < rows; row++)
            {
                if (!block.IsRemoved(row) && filter.Accepts(block.First + row))
                {
                    found.Add(new Neighbour(block.First + row, ScoreOf(block, row, numbers)));
                }
            }
        }

        return found.Count;
    }

    private int Search<TFilter>(
        ReadOnlySpan<float> query, Span<Neighbour> best, float least, TFilter filter, Span<float> numbers, Span<sbyte> codes)
        where TFilter : struct, IRowFilter
    {
        Pad(query, numbers);
        if (best.IsEmpty)
        {
            return 0;
        }

        var quantized = new QuantizedQuery(numbers, codes[..(codes.Length / 2)], codes[(codes.Length / 2)..]);

        // In this order: who sees a row sees its block.
        var count = Volatile.Read(ref _count);
        var blocks = Volatile.Read(ref _blocks);
        scoped var found = new BestRows(best, least);
        var candidates = new Candidates(stackalloc Candidate[MostCandidates]);
        scoped var work = new BlockSearch(stackalloc int[BlockSearch.Numbers], stackalloc float[RowsOfBlock]);
        foreach (var block in blocks)
        {
            var rows = Math.Min(block.Capacity, count - block.First);
            if (rows <= 0)
            {
                break;
            }

            block.Select(quantized, rows, found.Least, ref work);
            for (var place = 0; place < work.Count; place++)
            {
                var (estimate, most) = block.Refine(quantized, work, place, found.Least);
                var row = work.Rows[place];
                if (!(most >= found.Least) || !filter.Accepts(block.First + row))
                {
                    continue;
                }

                // Who seems to be among the best raises what the others must reach; whether those reach it is seen later.
                if (estimate >= found.Least)
                {
                    found.Add(new Neighbour(block.First + row, ScoreOf(block, row, numbers)));
                }
                else if (!candidates.TryAdd(new Candidate(block.First + row, most), found.Least))
                {
                    Settle(blocks, numbers, ref candidates, ref found);
                    candidates.TryAdd(new Candidate(block.First + row, most), found.Least);
                }
            }
        }

        Settle(blocks, numbers, ref candidates, ref found);
        return found.Count;
    }

    private static void Pad(ReadOnlySpan<float> vector, Span<float> padded)
    {
        vector.CopyTo(padded);
        padded[vector.Length..].Clear();
        CheckLength(padded);
    }

    // The most promising ones first, so that few of the others have to be computed.
    private static void Settle(VectorBlock[] blocks, scoped ReadOnlySpan<float> query, ref Candidates candidates, ref BestRows found)
    {
        foreach (var candidate in candidates.TakeAll())
        {
            if (!(candidate.Most >= found.Least))
            {
                break;
            }

            var block = blocks[PlaceOf(candidate.Row, blocks)];
            found.Add(new Neighbour(candidate.Row, ScoreOf(block, candidate.Row - block.First, query)));
        }
    }

    private static float ScoreOf(VectorBlock block, int row, ReadOnlySpan<float> query) => (float)DotProduct.Of(query, block[row].Span);

    private static int PlaceOf(int row, VectorBlock[] blocks)
    {
        var (low, high) = (0, blocks.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = blocks[middle].First <= row ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private void CheckDimensions(ReadOnlySpan<float> vector)
    {
        if (vector.Length != _dimensions)
        {
            throw new ArgumentException($"A vector of {vector.Length} dimensions does not fit those of {_dimensions}.", nameof(vector));
        }
    }

    private static void CheckLength(ReadOnlySpan<float> vector)
    {
        var squares = DotProduct.Of(vector, vector);
        if (squares != 0 && !(Math.Sqrt(squares) is >= SmallestNorm and <= LargestNorm))
        {
            throw new ArgumentException($"The length of a vector is 0, or {SmallestNorm} to {LargestNorm}, and not {Math.Sqrt(squares)}.", nameof(vector));
        }
    }

    // Small blocks where there are few rows, so that ten rows do not take the room of a thousand.
    private void Grow()
    {
        var last = _blocks.LastOrDefault();
        if (last is { Capacity: >= FewestRowsWithCentre })
        {
            last = last.Centred();
            Volatile.Write(ref _blocks[^1], last);
        }

        var capacity = Math.Clamp(_count / 4 / FewestRowsOfBlock * FewestRowsOfBlock, FewestRowsOfBlock, RowsOfBlock);
        Volatile.Write(ref _blocks, [.. _blocks, new VectorBlock(_count, capacity, _dimensions, last?.Centre)]);
    }
}
