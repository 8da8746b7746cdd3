namespace LlmCascade.Calibration;

/// <summary>Measures an answer that comes token by token; not thread-safe.</summary>
/// <param name="quantile">Which quantile is measured; <see langword="null"/> for the mean or the sum.</param>
/// <param name="isSum">Whether the sum is measured.</param>
internal sealed class TokenTally(double? quantile, bool isSum)
{
    // An early stop must never contradict the finished answer, so the bound is rounded up by more than the exponential
    // function errs.
    private const double RoundingUp = 1 + 1e-12;

    // Kept sorted for quantiles inside; sum and minimum need no list.
    private readonly List<double>? _sorted = quantile > 0 ? [] : null;

    private double _sum;
    private double _minimum;
    private int _count;

    public void Add(double logProbability)
    {
        _count++;
        _sum += logProbability;
        _minimum = Math.Min(_minimum, logProbability);
        if (_sorted is not null)
        {
            var place = _sorted.BinarySearch(logProbability);
            _sorted.Insert(place < 0 ? ~place : place, logProbability);
        }
    }

    public Confidence Measure() =>
        _count == 0 ? Confidence.None : Confidence.Measured(Math.Exp(ValueAt(_count)), _count);

    /// <summary>Finds what can still become of the answer, taking the log-probabilities to come as 0.</summary>
    public ConfidenceRange Reachable(long? limit)
    {
        // Without a limit any number of certain tokens may follow, and a limit that was passed is none.
        var isBounded = _count > 0 && (quantile == 0 || isSum || limit >= _count);
        return new ConfidenceRange(0, isBounded ? Math.Min(1, Math.Exp(ValueAt(limit ?? _count)) * RoundingUp) : 1);
    }

    // No measure falls with the number of certain tokens that follow, so the longest answer is the best that can come.
    private double ValueAt(long length) => quantile switch
    {
        null => isSum ? _sum : _sum / length,
        0 => _minimum,
        _ => QuantileAt((length - 1) * quantile.Value),
    };

    private double QuantileAt(double position)
    {
        var below = (long)position;
        var fraction = position - below;
        return fraction == 0
            ? SortedAt(below)
            : SortedAt(below) is var lower && double.IsNegativeInfinity(lower)
                ? lower
                : lower + (fraction * (SortedAt(below + 1) - lower));
    }

    private double SortedAt(long place) => place < _sorted!.Count ? _sorted[(int)place] : 0;
}
