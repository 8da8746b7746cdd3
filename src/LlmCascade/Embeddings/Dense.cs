using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmCascade.Embeddings;

/// <summary>Products and sums of vectors, added up in an order that depends on nothing but their length.</summary>
internal static class Dense
{
    private static int Lanes => Vector128<float>.Count;

    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(left.Length, right.Length);
        ref var first = ref MemoryMarshal.GetReference(left);
        ref var second = ref MemoryMarshal.GetReference(right);
        Vector128<float> even = default, odd = default;
        var i = 0;
        for (; i + (2 * Lanes) <= left.Length; i += 2 * Lanes)
        {
            even += Vector128.LoadUnsafe(ref first, (nuint)i) * Vector128.LoadUnsafe(ref second, (nuint)i);
            odd += Vector128.LoadUnsafe(ref first, (nuint)(i + Lanes)) * Vector128.LoadUnsafe(ref second, (nuint)(i + Lanes));
        }

        var sum = Vector128.Sum(even + odd);
        for (; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    /// <summary>Adds a multiple of a vector to another.</summary>
    public static void Add(Span<float> sum, ReadOnlySpan<float> vector, float times)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sum.Length, vector.Length);
        ref var first = ref MemoryMarshal.GetReference(sum);
        ref var second = ref MemoryMarshal.GetReference(vector);
        var i = 0;
        for (; i + Lanes <= sum.Length; i += Lanes)
        {
            (Vector128.LoadUnsafe(ref first, (nuint)i) + (Vector128.LoadUnsafe(ref second, (nuint)i) * times)).StoreUnsafe(ref first, (nuint)i);
        }

        for (; i < sum.Length; i++)
        {
            sum[i] += vector[i] * times;
        }
    }
}
