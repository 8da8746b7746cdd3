namespace LlmCascade.Students;

/// <summary>Counts in how many demonstrations of each class a feature occurs, and says how much it may weigh.</summary>
internal sealed class FeatureCounts(LogisticSettings settings)
{
    private readonly long[] _demonstrations = new long[settings.ClassCount];
    private int[] _counts = [];
    private double[] _logarithms = [];

    public long Total => _demonstrations.Sum();

    public long Of(int label) => _demonstrations[label];

    /// <summary>Counts a demonstration.</summary>
    /// <param name="features">The numbers of its features.</param>
    /// <param name="label">Its class.</param>
    /// <param name="times">1, or -1 to take it back.</param>
    public void Add(ReadOnlySpan<int> features, int label, int times)
    {
        var classes = settings.ClassCount;
        _demonstrations[label] += times;
        foreach (var feature in features)
        {
            var place = (feature * classes) + label;
            if (place >= _counts.Length)
            {
                Array.Resize(ref _counts, Math.Max((feature + 1) * classes, 2 * _counts.Length));
            }

            _counts[place] += times;
        }
    }

    /// <summary>Finds the prior variances of the weights.</summary>
    /// <param name="features">How many features there are.</param>
    /// <param name="variances">A row for each of them; overwritten. The spread is left at 0.</param>
    /// <param name="unknown">The row of a feature that no demonstration has.</param>
    public void FillVariances(int features, Span<float> variances, Span<float> unknown)
    {
        var classes = settings.ClassCount;
        var stride = unknown.Length;
        if (features * classes > _counts.Length)
        {
            Array.Resize(ref _counts, features * classes);
        }

        PrepareLogarithms();
        Span<double> balance = stackalloc double[classes];
        for (var label = 0; label < classes; label++)
        {
            balance[label] = StableMath.Log((Total - _demonstrations[label] + (2 * settings.Smoothing))
                / (_demonstrations[label] + (2 * settings.Smoothing)));
        }

        for (var feature = 0; feature < features; feature++)
        {
            Fill(_counts.AsSpan(feature * classes, classes), balance, variances.Slice(feature * stride, stride));
        }

        Span<int> none = stackalloc int[classes];
        none.Clear();
        Fill(none, balance, unknown);
    }

    // Counts are small numbers that come again and again.
    private void PrepareLogarithms()
    {
        var needed = (int)Total + 1;
        var known = _logarithms.Length;
        if (needed > known)
        {
            Array.Resize(ref _logarithms, Math.Max(needed, 2 * known));
            for (var i = known; i < _logarithms.Length; i++)
            {
                _logarithms[i] = StableMath.Log(i + settings.Smoothing);
            }
        }
    }

    private void Fill(ReadOnlySpan<int> counts, ReadOnlySpan<double> balance, Span<float> variances)
    {
        var all = 0;
        foreach (var count in counts)
        {
            all += count;
        }

        variances.Clear();
        for (var label = 0; label < counts.Length; label++)
        {
            var size = settings.Weighting == TermWeighting.NaiveBayes
                ? _logarithms[counts[label]] - _logarithms[all - counts[label]] + balance[label]
                : _logarithms[(int)Total] - _logarithms[all] + 1;
            variances[Rows.FirstClass + label] = (float)(size * size);
        }
    }
}
