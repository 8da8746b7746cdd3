namespace LlmCascade.Agreement;

/// <summary>What a calibrator looks at: how much candidates agree, in several ways, who speaks, and how long question and answers are.</summary>
internal static class AgreementFeatures
{
    /// <summary>The version of their meaning, part of what a calibrator is bound to.</summary>
    public const string Id = "features-v1";

    private const int General = 10;

    // With more members there are more pairs than anybody has lessons.
    private const int MostPaired = 6;

    /// <summary>Computes them.</summary>
    /// <param name="query">The question.</param>
    /// <param name="answers">The text of each member's answer; <see langword="null"/> for those that dropped out.</param>
    /// <param name="agreement">How much the members agree, with their places in <paramref name="answers"/>.</param>
    /// <param name="similarity">The same before vetoes.</param>
    /// <param name="spoken">Whose answer is given.</param>
    /// <param name="areNamed">Whether the members differ, so that it matters who agrees with whom.</param>
    /// <returns>As many numbers for every request to the same members.</returns>
    public static double[] Of(
        string query, IReadOnlyList<string?> answers, AgreementMatrix agreement, AgreementMatrix similarity, int spoken, bool areNamed)
    {
        var present = Enumerable.Range(0, answers.Count).Where(i => answers[i] is not null).ToList();
        var pairs = present.SelectMany(second => present.TakeWhile(first => first < second).Select(first => (first, second))).ToList();
        var others = present.Where(other => other != spoken).ToList();
        var lengths = present.Select(i => (double)LengthOf(answers[i]!)).ToList();
        List<double> features =
        [
            present.Max(i => present.Where(other => other != i).Average(other => agreement[i, other] ?? 0)),
            pairs.Average(pair => agreement[pair.first, pair.second] ?? 0),
            pairs.Min(pair => agreement[pair.first, pair.second] ?? 0),
            (others.Count(other => agreement[spoken, other] > 0.5) + 1.0) / present.Count,
            others.Average(other => similarity[spoken, other] ?? 0),
            pairs.Average(pair => similarity[pair.first, pair.second] ?? 0),
            Math.Log(1 + LengthOf(query)),
            Math.Log(1 + LengthOf(answers[spoken]!)),
            (lengths.Max() - lengths.Min()) / Math.Max(1, lengths.Max()),
            (double)present.Count / answers.Count,
        ];
        if (areNamed)
        {
            features.AddRange(Enumerable.Range(0, answers.Count).Select(i => i == spoken ? 1.0 : 0));
            for (var second = 1; second < answers.Count && answers.Count <= MostPaired; second++)
            {
                for (var first = 0; first < second; first++)
                {
                    features.Add(agreement[first, second] ?? 0);
                }
            }
        }

        return [.. features];
    }

    /// <summary>Counts the features of so many members.</summary>
    public static int Count(int members, bool areNamed) =>
        General + (areNamed ? members + (members <= MostPaired ? members * (members - 1) / 2 : 0) : 0);

    // Characters as people count them, nearly: half of a pair is none.
    private static int LengthOf(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
