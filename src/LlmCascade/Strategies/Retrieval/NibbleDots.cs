using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LlmCascade.Strategies.Retrieval;

/// <summary>Dot products of numbers in 8 bits with rows of numbers from 0 to 15: whole numbers, so the same on every processor.</summary>
/// <remarks>A byte of a row holds a number of the first half in its lower four bits, and one of the second half in its upper ones.</remarks>
internal static class NibbleDots
{
    /// <summary>How many numbers are multiplied at once. Rows are padded to a multiple of it.</summary>
    public const int Step = 128;

    private const int RowsAtOnce = 4;
    private const byte Lower = 0x0F;

    // Sums in 16 bits hold so many products: 8 x 2 x 15 x 127 stays below 32,768.
    private const int MostPairs = 8;

    /// <summary>Computes them.</summary>
    /// <param name="query">A multiple of <see cref="Step"/> numbers from -127 to 127.</param>
    /// <param name="rows">Rows, one behind the other, each of half as many bytes as the query has numbers.</param>
    /// <param name="places">Which of the rows.</param>
    /// <param name="dots">Gets the dot product of each of these.</param>
    public static void Fill(ReadOnlySpan<sbyte> query, ReadOnlySpan<byte> rows, ReadOnlySpan<int> places, Span<int> dots)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(query.Length % Step, 0, nameof(query));
        ArgumentOutOfRangeException.ThrowIfNotEqual(dots.Length, places.Length, nameof(dots));
        var done = 0;
        if (Avx512BW.IsSupported)
        {
            done = Fill512(query, rows, places, dots);
        }
        else if (Avx2.IsSupported)
        {
            done = Fill256(query, rows, places, dots);
        }

        for (; done < dots.Length; done++)
        {
            dots[done] = Of(query, rows.Slice(places[done] * (query.Length / 2), query.Length / 2));
        }
    }

    /// <summary>Computes one.</summary>
    /// <param name="query">A multiple of <see cref="Step"/> numbers from -127 to 127.</param>
    /// <param name="row">The row, of half as many bytes.</param>
    public static int Of(ReadOnlySpan<sbyte> query, ReadOnlySpan<byte> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(query.Length % Step, 0, nameof(query));
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, query.Length / 2, nameof(row));
        return Avx2.IsSupported ? Of256(query, row) : AdvSimd.IsSupported ? OfNeon(query, row) : OfScalars(query, row);
    }

    private static int Fill512(ReadOnlySpan<sbyte> query, ReadOnlySpan<byte> rows, ReadOnlySpan<int> places, Span<int> dots)
    {
        ref var q = ref MemoryMarshal.GetReference(query);
        var half = (nuint)query.Length / 2;
        var done = 0;
        for (; done + RowsAtOnce <= dots.Length; done += RowsAtOnce)
        {
            ref var row0 = ref RowOf(rows, places[done], half);
            ref var row1 = ref RowOf(rows, places[done + 1], half);
            ref var row2 = ref RowOf(rows, places[done + 2], half);
            ref var row3 = ref RowOf(rows, places[done + 3], half);
            var (all0, all1, all2, all3) = (Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero);
            for (nuint i = 0; i < half;)
            {
                var (sum0, sum1, sum2, sum3) = (Vector512<short>.Zero, Vector512<short>.Zero, Vector512<short>.Zero, Vector512<short>.Zero);
                for (var end = nuint.Min(half, i + (MostPairs / 2 * 64)); i < end; i += 64)
                {
                    var (low, high) = (Vector512.LoadUnsafe(ref q, i), Vector512.LoadUnsafe(ref q, i + half));
                    sum0 += Pairs(Vector512.LoadUnsafe(ref row0, i), low, high);
                    sum1 += Pairs(Vector512.LoadUnsafe(ref row1, i), low, high);
                    sum2 += Pairs(Vector512.LoadUnsafe(ref row2, i), low, high);
                    sum3 += Pairs(Vector512.LoadUnsafe(ref row3, i), low, high);
                }

                all0 += Avx512BW.MultiplyAddAdjacent(sum0, Vector512<short>.One);
                all1 += Avx512BW.MultiplyAddAdjacent(sum1, Vector512<short>.One);
                all2 += Avx512BW.MultiplyAddAdjacent(sum2, Vector512<short>.One);
                all3 += Avx512BW.MultiplyAddAdjacent(sum3, Vector512<short>.One);
            }

            Sum(all0.GetLower() + all0.GetUpper(), all1.GetLower() + all1.GetUpper(), all2.GetLower() + all2.GetUpper(), all3.GetLower() + all3.GetUpper())
                .CopyTo(dots[done..]);
        }

        return done;
    }

    private static int Fill256(ReadOnlySpan<sbyte> query, ReadOnlySpan<byte> rows, ReadOnlySpan<int> places, Span<int> dots)
    {
        ref var q = ref MemoryMarshal.GetReference(query);
        var half = (nuint)query.Length / 2;
        var done = 0;
        for (; done + RowsAtOnce <= dots.Length; done += RowsAtOnce)
        {
            ref var row0 = ref RowOf(rows, places[done], half);
            ref var row1 = ref RowOf(rows, places[done + 1], half);
            ref var row2 = ref RowOf(rows, places[done + 2], half);
            ref var row3 = ref RowOf(rows, places[done + 3], half);
            var (all0, all1, all2, all3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
            for (nuint i = 0; i < half;)
            {
                var (sum0, sum1, sum2, sum3) = (Vector256<short>.Zero, Vector256<short>.Zero, Vector256<short>.Zero, Vector256<short>.Zero);
                for (var end = nuint.Min(half, i + (MostPairs / 2 * 32)); i < end; i += 32)
                {
                    var (low, high) = (Vector256.LoadUnsafe(ref q, i), Vector256.LoadUnsafe(ref q, i + half));
                    sum0 += Pairs(Vector256.LoadUnsafe(ref row0, i), low, high);
                    sum1 += Pairs(Vector256.LoadUnsafe(ref row1, i), low, high);
                    sum2 += Pairs(Vector256.LoadUnsafe(ref row2, i), low, high);
                    sum3 += Pairs(Vector256.LoadUnsafe(ref row3, i), low, high);
                }

                all0 += Avx2.MultiplyAddAdjacent(sum0, Vector256<short>.One);
                all1 += Avx2.MultiplyAddAdjacent(sum1, Vector256<short>.One);
                all2 += Avx2.MultiplyAddAdjacent(sum2, Vector256<short>.One);
                all3 += Avx2.MultiplyAddAdjacent(sum3, Vector256<short>.One);
            }

            Sum(all0, all1, all2, all3).CopyTo(dots[done..]);
        }

        return done;
    }

    private static int Of256(ReadOnlySpan<sbyte> query, ReadOnlySpan<byte> row)
    {
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var r = ref MemoryMarshal.GetReference(row);
        var half = (nuint)row.Length;
        var all = Vector256<int>.Zero;
        for (nuint i = 0; i < half;)
        {
            var sum = Vector256<short>.Zero;
            for (var end = nuint.Min(half, i + (MostPairs / 2 * 32)); i < end; i += 32)
            {
                sum += Pairs(Vector256.LoadUnsafe(ref r, i), Vector256.LoadUnsafe(ref q, i), Vector256.LoadUnsafe(ref q, i + half));
            }

            all += Avx2.MultiplyAddAdjacent(sum, Vector256<short>.One);
        }

        return Vector256.Sum(all);
    }

    private static int OfNeon(ReadOnlySpan<sbyte> query, ReadOnlySpan<byte> row)
    {
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var r = ref MemoryMarshal.GetReference(row);
        var half = (nuint)row.Length;
        var all = Vector128<int>.Zero;
        for (nuint i = 0; i < half; i += 16)
        {
            var codes = Vector128.LoadUnsafe(ref r, i);
            var low = (codes & Vector128.Create(Lower)).AsSByte();
            var high = (codes >>> 4).AsSByte();
            var (queryLow, queryHigh) = (Vector128.LoadUnsafe(ref q, i), Vector128.LoadUnsafe(ref q, i + half));
            var sum = AdvSimd.MultiplyWideningLower(low.GetLower(), queryLow.GetLower());
            sum = AdvSimd.MultiplyWideningLowerAndAdd(sum, low.GetUpper(), queryLow.GetUpper());
            sum = AdvSimd.MultiplyWideningLowerAndAdd(sum, high.GetLower(), queryHigh.GetLower());
            sum = AdvSimd.MultiplyWideningLowerAndAdd(sum, high.GetUpper(), queryHigh.GetUpper());
            all = AdvSimd.AddPairwiseWideningAndAdd(all, sum);
        }

        return Vector128.Sum(all);
    }

    private static int OfScalars(ReadOnlySpan<sbyte> query, ReadOnlySpan<byte> row)
    {
        var sum = 0;
        for (var i = 0; i < row.Length; i++)
        {
            sum += ((row[i] & Lower) * query[i]) + ((row[i] >> 4) * query[i + row.Length]);
        }

        return sum;
    }

    private static ref byte RowOf(ReadOnlySpan<byte> rows, int place, nuint length) => ref MemoryMarshal.GetReference(rows.Slice(place * (int)length, (int)length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Pairs(Vector512<byte> codes, Vector512<sbyte> low, Vector512<sbyte> high) =>
        Avx512BW.MultiplyAddAdjacent(codes & Vector512.Create(Lower), low)
        + Avx512BW.MultiplyAddAdjacent((codes.AsUInt16() >>> 4).AsByte() & Vector512.Create(Lower), high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pairs(Vector256<byte> codes, Vector256<sbyte> low, Vector256<sbyte> high) =>
        Avx2.MultiplyAddAdjacent(codes & Vector256.Create(Lower), low)
        + Avx2.MultiplyAddAdjacent((codes.AsUInt16() >>> 4).AsByte() & Vector256.Create(Lower), high);

    // The sums of four vectors side by side.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Sum(Vector256<int> sum0, Vector256<int> sum1, Vector256<int> sum2, Vector256<int> sum3)
    {
        var pairs = Avx2.HorizontalAdd(Avx2.HorizontalAdd(sum0, sum1), Avx2.HorizontalAdd(sum2, sum3));
        return pairs.GetLower() + pairs.GetUpper();
    }
}
