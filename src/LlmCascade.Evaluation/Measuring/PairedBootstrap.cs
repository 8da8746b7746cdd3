namespace LlmCascade.Evaluation.Measuring;

/// <summary>The percentile bootstrap of differences between two replays, resampling items: both keep what they made of an item.</summary>
internal static class PairedBootstrap
{
    /// <summary>Compares two replays.</summary>
    /// <param name="stream">The stream of both.</param>
    /// <param name="baseline">The one that is compared with.</param>
    /// <param name="report">The other one.</param>
    public static ReplayComparison Compare(RecordedStream stream, ReplayReport baseline, ReplayReport report)
    {
        var (before, after) = (new ItemCounts(stream, baseline), new ItemCounts(stream, report));
        var draws = Bootstrap.Draws(report.Seed, "paired bootstrap");
        var weights = new int[stream.Items.Length];
        var resamples = new double[Bootstrap.Resamples][];
        for (var resample = 0; resample < resamples.Length; resample++)
        {
            weights.AsSpan().Clear();
            for (var i = 0; i < weights.Length; i++)
            {
                weights[draws.Below(weights.Length)]++;
            }

            resamples[resample] = Differences();
        }

        weights.AsSpan().Fill(1);
        ReplayDifference[] all = [.. Differences().Select((value, measure) =>
        {
            var (low, high) = Bootstrap.Ends(Array.ConvertAll(resamples, each => each[measure]));
            return new ReplayDifference(value, low, high);
        })];
        return new(all[0], new OrderedDictionary<string, ReplayDifference>(stream.Labels.Labels.Zip(all[1..], KeyValuePair.Create)));

        double[] Differences() => [.. after.Measure(weights).Zip(before.Measure(weights), (a, b) => a - b)];
    }

    // What the runs of one replay gave to each item, as numbers of labels.
    private sealed class ItemCounts
    {
        private readonly int[] _gold;
        private readonly int[][] _given;
        private readonly int _labels;

        public ItemCounts(RecordedStream stream, ReplayReport report)
        {
            _labels = stream.Labels.Labels.Length;
            _gold = [.. stream.Items.Select(item => stream.Labels.IndexOf(item.Gold))];
            _given = [.. (report.Runs ?? [report]).Select(run => run.Labels.Select(label => label is null ? -1 : stream.Labels.IndexOf(label)).ToArray())];
        }

        // The accuracy and the F1 of each label, as means over the runs.
        public double[] Measure(int[] weights)
        {
            var means = new double[_labels + 1];
            Span<long> right = new long[_labels], either = new long[_labels];
            foreach (var given in _given)
            {
                right.Clear();
                either.Clear();
                for (var i = 0; i < given.Length; i++)
                {
                    either[_gold[i]] += weights[i];
                    if (given[i] >= 0)
                    {
                        either[given[i]] += weights[i];
                        right[given[i]] += given[i] == _gold[i] ? weights[i] : 0;
                    }
                }

                for (var label = 0; label < _labels; label++)
                {
                    means[0] += (double)right[label] / given.Length / _given.Length;
                    means[label + 1] += either[label] == 0 ? 0 : 2.0 * right[label] / either[label] / _given.Length;
                }
            }

            return means;
        }
    }
}
