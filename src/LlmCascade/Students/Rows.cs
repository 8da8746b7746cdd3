using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmCascade.Students;

/// <summary>Rows of single-precision numbers: a spread and one number per class, padded to whole vectors.</summary>
/// <remarks>
/// Each lane is added up by itself, feature by feature, and vectors have 128 bits whatever the processor offers. So sums
/// are the same on every machine of an architecture.
/// </remarks>
internal static class Rows
{
    /// <summary>The place of the spread in a row; the classes follow.</summary>
    public const int Spread = 0;
    public const int FirstClass = 1;

    public static int Stride(int classCount) => (classCount + FirstClass + 3) & ~3;

    /// <summary>Adds up rows.</summary>
    /// <param name="rows">All rows, one after the other.</param>
    /// <param name="which">The numbers of the rows to add up.</param>
    /// <param name="sum">As long as a row; overwritten.</param>
    public static void Sum(ReadOnlySpan<float> rows, ReadOnlySpan<int> which, Span<float> sum)
    {
        ref var first = ref MemoryMarshal.GetReference(rows);
        var stride = sum.Length;
        for (var lane = 0; lane < stride; lane += Vector128<float>.Count)
        {
            var total = Vector128<float>.Zero;
            foreach (var row in which)
            {
                total += Vector128.LoadUnsafe(ref first, ((nuint)(uint)row * (uint)stride) + (uint)lane);
            }

            total.CopyTo(sum[lane..]);
        }
    }

    /// <summary>Adds a multiple of each row's own factors to rows.</summary>
    /// <param name="rows">All rows, one after the other.</param>
    /// <param name="factors">The factors, laid out like the rows.</param>
    /// <param name="which">The numbers of the rows to add to, none twice.</param>
    /// <param name="multiple">As long as a row.</param>
    public static void Add(Span<float> rows, ReadOnlySpan<float> factors, ReadOnlySpan<int> which, ReadOnlySpan<float> multiple)
    {
        ref var first = ref MemoryMarshal.GetReference(rows);
        ref var firstFactor = ref MemoryMarshal.GetReference(factors);
        var stride = multiple.Length;
        for (var lane = 0; lane < stride; lane += Vector128<float>.Count)
        {
            var times = Vector128.Create(multiple[lane..]);
            foreach (var row in which)
            {
                var offset = ((nuint)(uint)row * (uint)stride) + (uint)lane;
                var sum = Vector128.LoadUnsafe(ref first, offset) + (Vector128.LoadUnsafe(ref firstFactor, offset) * times);
                sum.StoreUnsafe(ref first, offset);
            }
        }
    }
}
