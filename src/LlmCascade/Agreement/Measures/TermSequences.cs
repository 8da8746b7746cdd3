using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace LlmCascade.Agreement.Measures;

/// <summary>Several texts as sequences of terms, in rented memory. Equal terms have one number in all texts.</summary>
/// <remarks>One writer fills it; afterwards anybody may read it.</remarks>
internal sealed class TermSequences : IDisposable
{
    private const int WordBits = 64;

    private readonly int[] _ends;
    private int[] _terms;
    private ulong[] _keys;

    // Open addressing over numbers of terms, plus one; at most half full.
    private int[] _table;
    private int _mask;
    private int _texts;
    private int _count;
    private int _distinct;

    /// <param name="texts">How many texts there are.</param>
    /// <param name="expected">About how many terms they have together.</param>
    public TermSequences(int texts, int expected)
    {
        expected = Math.Clamp(expected, 64, 1 << 14);
        _ends = new int[texts];
        _terms = ArrayPool<int>.Shared.Rent(expected);
        MakeTable((int)BitOperations.RoundUpToPowerOf2((uint)expected));
        _keys = ArrayPool<ulong>.Shared.Rent((_mask + 1) / 2);
    }

    public ReadOnlySpan<int> this[int text] => _terms.AsSpan((text == 0 ? 0 : _ends[text - 1]).._ends[text]);

    public void Add(ulong key)
    {
        if (_count == _terms.Length)
        {
            Grow(ref _terms, _count);
        }

        _terms[_count++] = NumberOf(key);
    }

    public void EndText() => _ends[_texts++] = _count;

    /// <summary>Counts the terms that two texts share, each as often as it is in both.</summary>
    public int Overlap(int first, int second)
    {
        var counts = ArrayPool<int>.Shared.Rent(_distinct);
        counts.AsSpan(0, _distinct).Clear();
        foreach (var term in this[first])
        {
            counts[term]++;
        }

        var overlap = 0;
        foreach (var term in this[second])
        {
            // What is above zero was still unmatched.
            overlap += (int)((uint)-counts[term]-- >> 31);
        }

        ArrayPool<int>.Shared.Return(counts);
        return overlap;
    }

    /// <summary>Finds the length of the longest sequence of terms that two texts have in common, gaps allowed.</summary>
    /// <remarks>After Hyyrö 2004, "Bit-parallel LCS-length computation revisited": 64 rows of the table at a time, block by block.</remarks>
    public int LongestCommonSubsequence(int first, int second)
    {
        var rows = this[first];
        var columns = this[second];
        var matches = ArrayPool<ulong>.Shared.Rent(_distinct);
        var carries = ArrayPool<byte>.Shared.Rent(columns.Length);
        matches.AsSpan(0, _distinct).Clear();
        carries.AsSpan(0, columns.Length).Clear();
        var length = 0;
        for (var start = 0; start < rows.Length; start += WordBits)
        {
            var block = rows.Slice(start, Math.Min(WordBits, rows.Length - start));
            for (var i = 0; i < block.Length; i++)
            {
                matches[block[i]] |= 1UL << i;
            }

            var state = ulong.MaxValue;
            for (var column = 0; column < columns.Length; column++)
            {
                var both = state & matches[columns[column]];
                var sum = state + both;
                var whole = sum + carries[column];
                carries[column] = sum < state || whole < sum ? (byte)1 : (byte)0;
                state = whole | (state & ~both);
            }

            length += WordBits - BitOperations.PopCount(state);
            foreach (var term in block)
            {
                matches[term] = 0;
            }
        }

        ArrayPool<ulong>.Shared.Return(matches);
        ArrayPool<byte>.Shared.Return(carries);
        return length;
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_terms);
        ArrayPool<int>.Shared.Return(_table);
        ArrayPool<ulong>.Shared.Return(_keys);
        (_terms, _table, _keys) = ([], [], []);
    }

    private static void Grow<TItem>(ref TItem[] array, int count)
    {
        var larger = ArrayPool<TItem>.Shared.Rent(2 * count);
        array.AsSpan(0, count).CopyTo(larger);
        ArrayPool<TItem>.Shared.Return(array);
        array = larger;
    }

    private static uint Spread(ulong key) => (uint)((key * 0x9E3779B97F4A7C15) >> 33);

    private int NumberOf(ulong key)
    {
        for (var slot = (int)Spread(key) & _mask; ; slot = (slot + 1) & _mask)
        {
            var number = _table[slot] - 1;
            if (number < 0)
            {
                return Append(key, slot);
            }

            if (_keys[number] == key)
            {
                return number;
            }
        }
    }

    private int Append(ulong key, int slot)
    {
        if (_distinct == _keys.Length)
        {
            Grow(ref _keys, _distinct);
        }

        _keys[_distinct] = key;
        _table[slot] = ++_distinct;
        if (2 * _distinct > _mask)
        {
            ArrayPool<int>.Shared.Return(_table);
            MakeTable(2 * (_mask + 1));
            for (var number = 0; number < _distinct; number++)
            {
                var place = (int)Spread(_keys[number]) & _mask;
                while (_table[place] != 0)
                {
                    place = (place + 1) & _mask;
                }

                _table[place] = number + 1;
            }
        }

        return _distinct - 1;
    }

    [MemberNotNull(nameof(_table))]
    private void MakeTable(int size)
    {
        _table = ArrayPool<int>.Shared.Rent(size);
        _table.AsSpan(0, size).Clear();
        _mask = size - 1;
    }
}
