namespace LlmCascade.Deferral;

/// <summary>The confidences of the latest requests, among which a share is the least. One caller at a time.</summary>
internal sealed class RecentConfidences
{
    /// <summary>The number of requests that are remembered.</summary>
    public const int Window = 500;

    private readonly Queue<double> _recent = new(Window);
    private readonly List<double> _sorted = new(Window);

    /// <summary>Gets the confidences, oldest first.</summary>
    public IReadOnlyCollection<double> InOrder => _recent;

    public void Add(double confidence)
    {
        if (_recent.Count == Window)
        {
            _sorted.RemoveAt(_sorted.BinarySearch(_recent.Dequeue()));
        }

        _recent.Enqueue(confidence);
        var place = _sorted.BinarySearch(confidence);
        _sorted.Insert(place < 0 ? ~place : place, confidence);
    }

    public void Clear()
    {
        _recent.Clear();
        _sorted.Clear();
    }

    /// <summary>Tells whether a confidence is among the least.</summary>
    /// <param name="confidence">The confidence.</param>
    /// <param name="share">The share that counts as the least.</param>
    /// <param name="draw">A number from 0 to below 1, at random, that decides among equals.</param>
    /// <returns>Whether it is; where nothing is known yet, everything is.</returns>
    public bool IsAmongLeast(double confidence, double share, double draw)
    {
        if (share >= 1 || _sorted.Count == 0)
        {
            return true;
        }

        var wanted = share * _sorted.Count;
        var threshold = _sorted[(int)wanted];
        if (confidence != threshold)
        {
            return confidence < threshold;
        }

        var less = _sorted.FindIndex(each => each >= threshold);
        var equal = _sorted.FindLastIndex(each => each <= threshold) + 1 - less;
        return draw * equal < wanted - less;
    }
}
