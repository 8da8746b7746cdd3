namespace LlmCascade.Evaluation.Ensembles;

/// <summary>The order in which prompts are deferred. Of prompts that are equally urgent, each is deferred as likely as any other.</summary>
internal sealed class DeferralOrder
{
    // Sums in another order differ by less.
    private const double Rounding = 1e-9;

    private readonly int[] _prompts;

    // Where each group of equally urgent prompts ends.
    private readonly int[] _ends;

    /// <param name="urgency">How much each prompt is to be deferred: the more urgent sooner.</param>
    public DeferralOrder(double[] urgency)
    {
        _prompts = [.. Enumerable.Range(0, urgency.Length).OrderByDescending(prompt => urgency[prompt])];

        // What is infinitely urgent is no more so than another one.
        _ends = [.. Enumerable.Range(1, urgency.Length).Where(end => end == urgency.Length || urgency[_prompts[end - 1]] - urgency[_prompts[end]] > Rounding)];
    }

    /// <summary>Computes means over the prompts while some of them are deferred.</summary>
    /// <param name="kept">What each prompt counts when it is kept.</param>
    /// <param name="deferred">What it counts when it is deferred.</param>
    /// <param name="weights">How often each prompt is there.</param>
    /// <param name="rates">The shares that are deferred, rising from 0 to 1; part of a group counts as that part of each prompt in it.</param>
    public double[] At(double[] kept, double[] deferred, int[] weights, double[] rates)
    {
        var (value, whole) = Weighted.Sum(kept, weights);
        var values = new double[rates.Length];
        double before = 0;
        for (int start = 0, next = 0, group = 0; group < _ends.Length; start = _ends[group++])
        {
            var (gain, weight) = GainOf(start, _ends[group], kept, deferred, weights);
            for (; next < rates.Length && (rates[next] * whole <= before + weight || group == _ends.Length - 1); next++)
            {
                var part = weight > 0 ? Math.Min(1, ((rates[next] * whole) - before) / weight) : 1;
                values[next] = (value + (part * gain)) / whole;
            }

            before += weight;
            value += gain;
        }

        return values;
    }

    /// <summary>Computes the mean of what <see cref="At"/> gives over all shares from 0 to 1.</summary>
    public double Area(double[] kept, double[] deferred, int[] weights)
    {
        var (value, whole) = Weighted.Sum(kept, weights);
        double area = 0;
        for (int start = 0, group = 0; group < _ends.Length; start = _ends[group++])
        {
            var (gain, weight) = GainOf(start, _ends[group], kept, deferred, weights);
            area += weight * (value + (gain / 2));
            value += gain;
        }

        return area / whole / whole;
    }

    /// <summary>Finds the lowest share from which on means reach a level; 1 where none does sooner.</summary>
    public double FirstReaching(double level, double[] kept, double[] deferred)
    {
        int[] once = [.. Enumerable.Repeat(1, kept.Length)];
        var (value, whole) = Weighted.Sum(kept, once);
        for (int start = 0, group = 0; group < _ends.Length; start = _ends[group++])
        {
            var (gain, weight) = GainOf(start, _ends[group], kept, deferred, once);
            var missing = (level * whole) - value;
            if (missing <= Rounding * whole)
            {
                return start / whole;
            }

            if (gain >= missing)
            {
                return Math.Min(1, (start + (weight * missing / gain)) / whole);
            }

            value += gain;
        }

        return 1;
    }

    private (double Gain, double Weight) GainOf(int start, int end, double[] kept, double[] deferred, int[] weights)
    {
        double gain = 0, weight = 0;
        for (var place = start; place < end; place++)
        {
            var prompt = _prompts[place];
            gain += weights[prompt] * (deferred[prompt] - kept[prompt]);
            weight += weights[prompt];
        }

        return (gain, weight);
    }
}
