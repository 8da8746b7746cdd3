namespace LlmCascade.Evaluation.Measuring;

/// <summary>What was given and what was right, label by label.</summary>
internal sealed class LabelCounts(LabelSpace labels)
{
    private readonly int[] _right = new int[labels.Labels.Length];
    private readonly int[] _given = new int[labels.Labels.Length];
    private readonly int[] _gold = new int[labels.Labels.Length];

    public void Add(string gold, string? given)
    {
        var expected = labels.IndexOf(gold);
        _gold[expected]++;
        if (given is not null && labels.IndexOf(given) is >= 0 and var place)
        {
            _given[place]++;
            _right[place] += place == expected ? 1 : 0;
        }
    }

    public IReadOnlyDictionary<string, LabelScore> Score()
    {
        var scores = new OrderedDictionary<string, LabelScore>(StringComparer.Ordinal);
        for (var i = 0; i < labels.Labels.Length; i++)
        {
            scores.Add(labels.Labels[i], new(
                Ratio(_right[i], _given[i]), Ratio(_right[i], _gold[i]), Ratio(2 * _right[i], _given[i] + _gold[i])));
        }

        return scores;
    }

    private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;
}
