namespace LlmCascade.Strategies.Retrieval;

/// <summary>A query in 8 bits, and what that loses in 8 bits more, with bounds on what remains.</summary>
internal readonly ref struct QuantizedQuery
{
    private const int LargestCode = sbyte.MaxValue;

    // A finer code is worth so much less than a coarse one.
    private const double FinerBy = 2 * LargestCode;

    // Bounds are rounded up by more than sums in double precision can be wrong.
    private const double Upwards = 1 + 1e-7;

    /// <summary>Quantises a query.</summary>
    /// <param name="numbers">The query, with zeros behind it.</param>
    /// <param name="coarse">Gets the codes.</param>
    /// <param name="fine">Gets the codes of what they lose; as long. Behind the numbers are zeros.</param>
    public QuantizedQuery(ReadOnlySpan<float> numbers, Span<sbyte> coarse, Span<sbyte> fine)
    {
        var largest = 0f;
        foreach (var number in numbers)
        {
            largest = Math.Max(largest, Math.Abs(number));
        }

        coarse.Clear();
        fine.Clear();
        Scale = Math.Max(largest / (double)LargestCode, float.Epsilon);
        var (coarseError, error, squares) = (0.0, 0.0, 0.0);
        for (var i = 0; i < numbers.Length; i++)
        {
            var scaled = numbers[i] / Scale;
            coarse[i] = (sbyte)Math.Round(scaled);
            fine[i] = (sbyte)Math.Round((scaled - coarse[i]) * FinerBy);
            CoarseSum += coarse[i];
            FineSum += fine[i];

            var lost = numbers[i] - (Scale * coarse[i]);
            coarseError += lost * lost;
            lost -= Scale * fine[i] / FinerBy;
            error += lost * lost;
            squares += (double)numbers[i] * numbers[i];
        }

        Numbers = numbers;
        Coarse = coarse;
        Fine = fine;
        CoarseError = Math.Sqrt(coarseError) * Upwards;
        Error = Math.Sqrt(error) * Upwards;
        Norm = Math.Max(Math.Sqrt(squares) * Upwards, float.Epsilon);
    }

    public ReadOnlySpan<float> Numbers { get; }

    public ReadOnlySpan<sbyte> Coarse { get; }

    public ReadOnlySpan<sbyte> Fine { get; }

    public int CoarseSum { get; }

    public int FineSum { get; }

    /// <summary>Gets what one of a coarse code is worth.</summary>
    public double Scale { get; }

    /// <summary>Gets the length of the query, or a little more: never 0.</summary>
    public double Norm { get; }

    /// <summary>Gets the length of what the coarse codes lose, or a little more.</summary>
    public double CoarseError { get; }

    /// <summary>Gets the length of what both lose together, or a little more.</summary>
    public double Error { get; }

    /// <summary>Makes a dot product of the query out of those of its codes.</summary>
    public double Combine(double coarse, double fine) => Scale * (coarse + (fine / FinerBy));
}
