namespace LlmCascade.Testing.Conformance;

/// <summary>Finds where, between 0 and 1, a decision changes, and whether an early one contradicts it.</summary>
internal static class ConfidenceSweep
{
    private const int Steps = 100;

    /// <summary>Tries confidences a hundredth apart, and the two neighbours at each place where the outcome changes.</summary>
    /// <returns>What was tried, by rising confidence, with whether it is deferred.</returns>
    public static async ValueTask<SortedList<double, bool>> RunAsync(Func<double, ValueTask<bool>> isDeferred)
    {
        SortedList<double, bool> outcomes = [];
        for (var i = 0; i <= Steps; i++)
        {
            var confidence = i / (double)Steps;
            outcomes.Add(confidence, await isDeferred(confidence));
        }

        for (var i = Steps; i > 0; i--)
        {
            var (low, high) = (outcomes.GetKeyAtIndex(i - 1), outcomes.GetKeyAtIndex(i));
            var (below, above) = (outcomes[low], outcomes[high]);
            while (below != above && Math.BitIncrement(low) < high)
            {
                var middle = low + ((high - low) / 2);
                var isMiddleDeferred = await isDeferred(middle);
                (low, high) = isMiddleDeferred == below ? (middle, high) : (low, middle);
            }

            if (below != above)
            {
                outcomes.TryAdd(low, below);
                outcomes.TryAdd(high, above);
            }
        }

        return outcomes;
    }

    /// <summary>Finds a range that is stopped early although a confidence within it would not be deferred.</summary>
    public static (ConfidenceRange Range, double Confidence)? FindContradiction(
        SortedList<double, bool> outcomes, Func<ConfidenceRange, bool> isStopped)
    {
        for (var from = 0; from < outcomes.Count; from++)
        {
            double? kept = null;
            for (var to = from; to < outcomes.Count; to++)
            {
                kept ??= outcomes.GetValueAtIndex(to) ? null : outcomes.GetKeyAtIndex(to);
                var range = new ConfidenceRange(outcomes.GetKeyAtIndex(from), outcomes.GetKeyAtIndex(to));
                if (kept is { } confidence && isStopped(range))
                {
                    return (range, confidence);
                }
            }
        }

        return null;
    }
}
