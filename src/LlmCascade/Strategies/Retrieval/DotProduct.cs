using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmCascade.Strategies.Retrieval;

/// <summary>The dot product that scores are: the same bits on every processor.</summary>
/// <remarks>
/// The product of two single-precision numbers is exact in double precision, so only the order of the sums matters: sixteen
/// sums of every sixteenth product, added up as a balanced tree. A fused multiplication changes nothing.
/// </remarks>
internal static class DotProduct
{
    /// <summary>How many numbers are summed side by side. Rows are padded with zeros to a multiple of it.</summary>
    public const int Lanes = 16;

    /// <summary>Computes it.</summary>
    /// <param name="left">Numbers, a multiple of <see cref="Lanes"/>.</param>
    /// <param name="right">As many numbers.</param>
    /// <returns>The sum in double precision.</returns>
    public static double Of(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(right.Length, left.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(left.Length % Lanes, 0, nameof(left));
        return Vector256.IsHardwareAccelerated ? Of256(left, right)
            : Vector128.IsHardwareAccelerated ? Of128(left, right)
            : OfScalars(left, right);
    }

    private static double Of256(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        var (sum0, sum1, sum2, sum3) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        for (nuint i = 0; i < (nuint)left.Length; i += Lanes)
        {
            var (a0, a1) = Vector256.Widen(Vector256.LoadUnsafe(ref a, i));
            var (b0, b1) = Vector256.Widen(Vector256.LoadUnsafe(ref b, i));
            var (a2, a3) = Vector256.Widen(Vector256.LoadUnsafe(ref a, i + 8));
            var (b2, b3) = Vector256.Widen(Vector256.LoadUnsafe(ref b, i + 8));
            sum0 += a0 * b0;
            sum1 += a1 * b1;
            sum2 += a2 * b2;
            sum3 += a3 * b3;
        }

        var four = sum0 + sum2 + (sum1 + sum3);
        var two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    private static double Of128(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var b = ref MemoryMarshal.GetReference(right);
        Sums sums = default;
        for (nuint i = 0; i < (nuint)left.Length; i += Lanes)
        {
            for (nuint j = 0; j < Lanes / 4; j++)
            {
                var (a0, a1) = Vector128.Widen(Vector128.LoadUnsafe(ref a, i + (4 * j)));
                var (b0, b1) = Vector128.Widen(Vector128.LoadUnsafe(ref b, i + (4 * j)));
                sums[(int)(2 * j)] += a0 * b0;
                sums[(int)((2 * j) + 1)] += a1 * b1;
            }
        }

        var low = sums[0] + sums[4] + (sums[2] + sums[6]);
        var high = sums[1] + sums[5] + (sums[3] + sums[7]);
        var two = low + high;
        return two[0] + two[1];
    }

    private static double OfScalars(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        Span<double> sums = stackalloc double[Lanes];
        sums.Clear();
        for (var i = 0; i < left.Length; i++)
        {
            sums[i % Lanes] += (double)left[i] * right[i];
        }

        Span<double> four = stackalloc double[4];
        for (var i = 0; i < 4; i++)
        {
            four[i] = sums[i] + sums[i + 8] + (sums[i + 4] + sums[i + 12]);
        }

        return four[0] + four[2] + (four[1] + four[3]);
    }

    [InlineArray(8)]
    private struct Sums
    {
        private Vector128<double> _first;
    }
}
