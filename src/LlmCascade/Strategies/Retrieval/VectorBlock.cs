using System.Numerics.Tensors;

namespace LlmCascade.Strategies.Retrieval;

/// <summary>Some rows of an index: as they were given, and in 8 bits around a centre, with bounds on what those lose.</summary>
/// <remarks>
/// The upper four bits of all codes lie apart from the lower ones: they alone tell of most rows that those are not among the
/// best, and only half of the bytes have to be read. One writer; everybody may read the rows that were published.
/// </remarks>
internal sealed class VectorBlock
{
    // A code of 8 bits is 128 more than the number it stands for, so that its two halves are from 0 to 15.
    private const int Zero = 128;
    private const int LargestCode = 127;

    // What the lower four bits are taken for where they are not looked at: their middle.
    private const double Unseen = 7.5;

    // More than what a few sums in single precision can be wrong, as a share of the largest number in them.
    private const double Rounding = 1e-6;

    private static readonly int[] _all = [.. Enumerable.Range(0, VectorIndex.RowsOfBlock)];

    private readonly AlignedArray<float> _rows;
    private readonly AlignedArray<byte> _upper;
    private readonly AlignedArray<byte> _lower;
    private readonly float[] _scales;
    private readonly float[] _coarseErrors;
    private readonly float[] _errors;

    // What is lost along the centre: it is known, and queries that are near the centre are far from the rest.
    private readonly float[] _coarseShifts;
    private readonly float[] _shifts;
    private readonly int _rowStride;
    private readonly int _half;
    private readonly double _centreNorm;
    private float _largestNorm;

    /// <summary>Makes room for rows.</summary>
    /// <param name="first">The number of the first row.</param>
    /// <param name="capacity">How many rows.</param>
    /// <param name="dimensions">How many numbers a row has.</param>
    /// <param name="centre">What the rows are expected to lie around; <see langword="null"/> for the origin.</param>
    public VectorBlock(int first, int capacity, int dimensions, float[]? centre)
        : this(new AlignedArray<float>(capacity * StrideOf(dimensions)), first, capacity, dimensions, centre)
    {
    }

    private VectorBlock(AlignedArray<float> rows, int first, int capacity, int dimensions, float[]? centre)
    {
        _rows = rows;
        _rowStride = StrideOf(dimensions);
        _half = CodesOf(dimensions) / 2;
        _upper = new AlignedArray<byte>(capacity * _half);
        _lower = new AlignedArray<byte>(capacity * _half);
        _scales = new float[capacity];
        _coarseErrors = new float[capacity];
        _errors = new float[capacity];
        _coarseShifts = new float[capacity];
        _shifts = new float[capacity];
        _centreNorm = centre is null ? 1 : Math.Max(Math.Sqrt(DotProduct.Of(centre, centre)), float.Epsilon);
        First = first;
        Capacity = capacity;
        Dimensions = dimensions;
        Centre = centre;
    }

    /// <summary>Gets the number of the first row.</summary>
    public int First { get; }

    public int Capacity { get; }

    public int Dimensions { get; }

    public float[]? Centre { get; }

    /// <summary>Gets a row, with the zeros behind it.</summary>
    public ReadOnlyMemory<float> this[int row] => _rows.Memory.Slice(row * _rowStride, _rowStride);

    /// <summary>How many numbers a row takes, with the zeros behind it.</summary>
    public static int StrideOf(int dimensions) => RoundUp(dimensions, DotProduct.Lanes);

    /// <summary>How many codes a row has, with those behind it.</summary>
    public static int CodesOf(int dimensions) => RoundUp(dimensions, NibbleDots.Step);

    /// <summary>Writes a row that nobody reads yet.</summary>
    /// <returns>The row, with the zeros behind it.</returns>
    public ReadOnlySpan<float> Place(int row, ReadOnlySpan<float> vector)
    {
        var target = RowOf(row);
        vector.CopyTo(target);
        target[vector.Length..].Clear();
        return target;
    }

    /// <summary>Computes the codes of a row that nobody reads yet, and what they lose.</summary>
    public void Quantise(int row)
    {
        var numbers = (ReadOnlySpan<float>)RowOf(row)[..Dimensions];
        var upper = UpperOf(row);
        var lower = LowerOf(row);
        upper.Clear();
        lower.Clear();
        var largest = 0f;
        for (var i = 0; i < numbers.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(numbers[i] - CentreAt(i)));
        }

        var scale = largest / LargestCode;
        var inverse = float.IsNormal(scale) ? 1 / scale : 0;
        var (coarseError, error, coarseNorm, norm, coarseShift, shift) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < numbers.Length; i++)
        {
            var code = Zero + Math.Clamp((int)MathF.Round((numbers[i] - CentreAt(i)) * inverse), -LargestCode, LargestCode);
            var (place, bits) = i < _half ? (i, 0) : (i - _half, 4);
            upper[place] |= (byte)(code >> 4 << bits);
            lower[place] |= (byte)((code & 15) << bits);

            var wanted = (double)numbers[i] - CentreAt(i);
            var (coarse, fine) = (scale * ((code & ~15) + Unseen - Zero), (double)scale * (code - Zero));
            coarseError += (wanted - coarse) * (wanted - coarse);
            error += (wanted - fine) * (wanted - fine);
            coarseNorm += coarse * coarse;
            norm += fine * fine;
            coarseShift += (wanted - coarse) * CentreAt(i);
            shift += (wanted - fine) * CentreAt(i);
        }

        _scales[row] = scale;
        _coarseShifts[row] = (float)(coarseShift / _centreNorm);
        _shifts[row] = (float)(shift / _centreNorm);
        _coarseErrors[row] = MathF.BitIncrement((float)Math.Sqrt(coarseError));
        _errors[row] = MathF.BitIncrement((float)Math.Sqrt(error));
        var most = MathF.BitIncrement((float)(Math.Sqrt(Math.Max(coarseNorm, norm)) + Math.Sqrt(coarseError)));
        Volatile.Write(ref _largestNorm, Math.Max(_largestNorm, most));
    }

    /// <summary>Takes a row out of all later searches.</summary>
    public void Remove(int row) => Volatile.Write(ref _coarseErrors[row], float.NegativeInfinity);

    public bool IsRemoved(int row) => float.IsNegativeInfinity(Volatile.Read(ref _coarseErrors[row]));

    /// <summary>Makes a block of the same rows around their mean, which loses less where they are similar to each other.</summary>
    /// <returns>This block where it hardly does.</returns>
    public VectorBlock Centred()
    {
        const double WorthIt = 0.8;
        var mean = new float[_rowStride];
        for (var row = 0; row < Capacity; row++)
        {
            TensorPrimitives.Add<float>(mean, RowOf(row), mean);
        }

        TensorPrimitives.Divide<float>(mean, Capacity, mean);
        var (before, after) = (0.0, 0.0);
        for (var row = 0; row < Capacity; row++)
        {
            before += Centre is null ? TensorPrimitives.Norm<float>(RowOf(row)) : TensorPrimitives.Distance<float>(RowOf(row), Centre);
            after += TensorPrimitives.Distance<float>(RowOf(row), mean);
        }

        if (!(after < WorthIt * before))
        {
            return this;
        }

        var centred = new VectorBlock(_rows, First, Capacity, Dimensions, mean);
        for (var row = 0; row < Capacity; row++)
        {
            centred.Quantise(row);
            if (IsRemoved(row))
            {
                centred.Remove(row);
            }
        }

        return centred;
    }

    /// <summary>Finds the rows whose scores may reach a number, by half of their bits.</summary>
    /// <param name="query">The query.</param>
    /// <param name="rows">How many rows to look at.</param>
    /// <param name="least">The number.</param>
    /// <param name="work">Gets the rows.</param>
    public void Select(in QuantizedQuery query, int rows, float least, ref BlockSearch work)
    {
        work.Count = 0;
        NibbleDots.Fill(query.Coarse, _upper.Span, _all.AsSpan(0, rows), work.Dots[..rows]);

        // All codes are positive, so that what is summed may be larger than the score by the root of the dimensions.
        work.Look = new QueryInBlock(query, Centre, _centreNorm, Volatile.Read(ref _largestNorm), Rounding);
        var largest = ScoreBounds.Fill(
            work.Dots[..rows],
            _scales,
            _coarseShifts,
            _coarseErrors,
            (float)(query.Scale * 16),
            (float)(query.Scale * (Unseen - Zero) * query.CoarseSum),
            (float)work.Look.Along,
            (float)work.Look.Across,
            (float)(work.Look.CentreScore + work.Look.CoarseError + (Math.Sqrt(Dimensions) * work.Look.Slack)),
            work.Bounds);
        if (!(largest >= least))
        {
            return;
        }

        for (var row = 0; row < rows; row++)
        {
            if (work.Bounds[row] >= least && work.Bounds[row] > float.NegativeInfinity)
            {
                work.Dots[work.Count] = work.Dots[row];
                work.Rows[work.Count++] = row;
            }
        }

        NibbleDots.Fill(query.Coarse, _lower.Span, work.Rows[..work.Count], work.LowerDots[..work.Count]);
    }

    /// <summary>Estimates the score of a row that was selected, by all of its bits.</summary>
    /// <param name="query">The query.</param>
    /// <param name="work">What was selected.</param>
    /// <param name="place">Which of these.</param>
    /// <param name="least">What the score has to reach.</param>
    /// <returns>The estimate, and the most that the score can be; rougher ones where those show that it cannot reach the least.</returns>
    public (float Estimate, float Most) Refine(in QuantizedQuery query, in BlockSearch work, int place, float least)
    {
        var (row, look) = (work.Rows[place], work.Look);
        var error = (look.Across * _errors[row]) + look.Slack;
        var coarse = (16 * work.Dots[place]) + work.LowerDots[place] - (Zero * query.CoarseSum);
        var estimate = look.CentreScore + (look.Along * _shifts[row]) + (_scales[row] * query.Combine(coarse, 0));
        var most = estimate + error + look.CoarseError;
        if (most >= least)
        {
            var fine = (16 * NibbleDots.Of(query.Fine, UpperOf(row))) + NibbleDots.Of(query.Fine, LowerOf(row)) - (Zero * query.FineSum);
            estimate += _scales[row] * query.Combine(0, fine);
            most = estimate + error + look.Error;
        }

        return ((float)estimate, (float)most);
    }

    private static int RoundUp(int number, int step) => (number + step - 1) / step * step;

    private Span<byte> UpperOf(int row) => _upper.Span.Slice(row * _half, _half);

    private Span<byte> LowerOf(int row) => _lower.Span.Slice(row * _half, _half);

    private Span<float> RowOf(int row) => _rows.Span.Slice(row * _rowStride, _rowStride);

    private float CentreAt(int i) => Centre is null ? 0 : Centre[i];
}
