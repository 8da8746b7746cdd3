using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>How much some answers agree, each with each. One writer fills it; afterwards anybody may read it.</summary>
[Experimental("LLMC004")]
public sealed class AgreementMatrix
{
    private readonly double?[] _agreements;

    /// <summary>Initializes a matrix in which nothing is known.</summary>
    /// <param name="count">The number of answers, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public AgreementMatrix(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _agreements = new double?[count * (count - 1) / 2];
    }

    /// <summary>Gets the number of answers.</summary>
    public int Count { get; }

    /// <summary>Gets or sets how much two answers agree.</summary>
    /// <param name="first">The number of one answer, from 0.</param>
    /// <param name="second">The number of another one. The order makes no difference.</param>
    /// <value>From 0, not at all, to 1, the same; <see langword="null"/> where the measure cannot tell. An answer agrees with itself.</value>
    /// <exception cref="ArgumentOutOfRangeException">There is no such answer, or the value is outside its range.</exception>
    /// <exception cref="ArgumentException">It is said how much an answer agrees with itself.</exception>
    public double? this[int first, int second]
    {
        get => first == second && first >= 0 && first < Count ? 1 : _agreements[PlaceOf(first, second)];
        set
        {
            if (value is not (null or (>= 0 and <= 1)))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "An agreement lies between 0 and 1.");
            }

            _agreements[PlaceOf(first, second)] = first != second
                ? value
                : throw new ArgumentException("An answer agrees with itself.", nameof(second));
        }
    }

    private int PlaceOf(int first, int second)
    {
        var (smaller, larger) = first < second ? (first, second) : (second, first);
        ArgumentOutOfRangeException.ThrowIfNegative(smaller, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(larger, Count, nameof(second));
        return smaller == larger ? 0 : (larger * (larger - 1) / 2) + smaller;
    }
}
