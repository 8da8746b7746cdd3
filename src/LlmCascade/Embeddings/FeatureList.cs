using System.Buffers;
using System.Numerics;

namespace LlmCascade.Embeddings;

/// <summary>Distinct feature indices in the order in which they were added, in rented memory. Dispose it once; do not copy it.</summary>
internal ref struct FeatureList
{
    private const int MostExpected = 1 << 13;

    // Open addressing over positions in the list, plus one; at most half full.
    private int[] _indices;
    private int[] _table;
    private int _mask;

    /// <param name="expected">About how many there will be.</param>
    public FeatureList(int expected)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2(2 * (uint)Math.Clamp(expected, 32, MostExpected));
        _indices = ArrayPool<int>.Shared.Rent(size / 2);
        _table = RentTable(size);
        _mask = size - 1;
    }

    public int Count { get; private set; }

    public readonly ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    public void Add(int index)
    {
        for (var slot = Slot(index); ; slot = (slot + 1) & _mask)
        {
            var position = _table[slot];
            if (position == 0)
            {
                Append(index, slot);
                return;
            }

            if (_indices[position - 1] == index)
            {
                return;
            }
        }
    }

    public readonly void Dispose()
    {
        ArrayPool<int>.Shared.Return(_indices);
        ArrayPool<int>.Shared.Return(_table);
    }

    private static int[] RentTable(int size)
    {
        var table = ArrayPool<int>.Shared.Rent(size);
        table.AsSpan(0, size).Clear();
        return table;
    }

    private readonly int Slot(int index) => (int)(((uint)index * 2654435769u) >> 7) & _mask;

    private void Append(int index, int slot)
    {
        if (2 * Count > _mask - 1)
        {
            Grow();
            slot = Slot(index);
            while (_table[slot] != 0)
            {
                slot = (slot + 1) & _mask;
            }
        }

        _indices[Count++] = index;
        _table[slot] = Count;
    }

    private void Grow()
    {
        var size = 2 * (_mask + 1);
        var indices = ArrayPool<int>.Shared.Rent(size / 2);
        Indices.CopyTo(indices);
        ArrayPool<int>.Shared.Return(_indices);
        ArrayPool<int>.Shared.Return(_table);
        _indices = indices;
        _table = RentTable(size);
        _mask = size - 1;
        for (var i = 0; i < Count; i++)
        {
            var slot = Slot(_indices[i]);
            while (_table[slot] != 0)
            {
                slot = (slot + 1) & _mask;
            }

            _table[slot] = i + 1;
        }
    }
}
