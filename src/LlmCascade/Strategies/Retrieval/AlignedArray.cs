using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LlmCascade.Strategies.Retrieval;

/// <summary>Numbers that lie at an address which is a multiple of 64 and never move.</summary>
internal readonly struct AlignedArray<T>
    where T : unmanaged
{
    private const int Alignment = 64;

    private readonly T[] _array;
    private readonly int _start;

    /// <summary>Makes one. What is in it is undefined.</summary>
    /// <param name="length">How many numbers.</param>
    public AlignedArray(int length)
    {
        var size = Unsafe.SizeOf<T>();
        _array = GC.AllocateUninitializedArray<T>(length + (Alignment / size), pinned: true);
        var excess = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) % Alignment);
        _start = (Alignment - excess) % Alignment / size;
        Length = length;
    }

    public int Length { get; }

    public Span<T> Span => _array.AsSpan(_start, Length);

    public Memory<T> Memory => _array.AsMemory(_start, Length);
}
