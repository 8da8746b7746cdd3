using LlmCascade.Agreement;

namespace LlmCascade.Evaluation.Ensembles;

/// <summary>Some members of a table as an ensemble: how much they agree on each prompt, and who may speak.</summary>
internal sealed class MeasuredEnsemble
{
    private readonly AnswerTable _table;
    private readonly MeasuredPrompt[] _measured;
    private readonly Dictionary<(int Prompt, int Member), double[]> _features = [];

    /// <param name="table">The answers.</param>
    /// <param name="measured">How much all of them agree.</param>
    /// <param name="members">The members, as numbers of the table's.</param>
    public MeasuredEnsemble(AnswerTable table, MeasuredPrompt[] measured, int[] members)
    {
        _table = table;
        _measured = measured;
        Members = members;
        Scores = new double?[table.Count];
        Tied = new int[table.Count][];
        for (var prompt = 0; prompt < table.Count; prompt++)
        {
            int[] present = [.. members.Where(member => table.Texts[prompt][member] is not null)];
            var score = present.Length < 2 ? null : AgreementScore.Of(Part(measured[prompt].Agreement, present));
            Scores[prompt] = score?.Value;
            Tied[prompt] = score is not null ? [.. score.Best.Select(place => present[place])] : present.Length > 0 ? present : members;
        }
    }

    public AnswerTable Table => _table;

    public int[] Members { get; }

    /// <summary>Gets how much the members agree on each prompt; <see langword="null"/> where fewer than two say anything.</summary>
    public double?[] Scores { get; }

    /// <summary>Gets the most central members on each prompt, as numbers of the table's.</summary>
    public int[][] Tied { get; }

    /// <summary>Gets whether the measure can tell of two members at least on half of the prompts.</summary>
    public bool TellsMostly => 2 * _measured.Count(TellsAny) >= _measured.Length;

    /// <summary>Computes what a calibrator looks at when one of the members speaks. Not thread-safe.</summary>
    public double[] FeaturesOf(int prompt, int spoken)
    {
        if (!_features.TryGetValue((prompt, spoken), out var features))
        {
            var (agreement, similarity) = (_measured[prompt].Agreement, _measured[prompt].Similarity);
            var part = Part(agreement, Members);
            features = AgreementFeatures.Of(
                _table.Requests[prompt].Query,
                Array.ConvertAll(Members, member => _table.Texts[prompt][member]),
                part,
                ReferenceEquals(agreement, similarity) ? part : Part(similarity, Members),
                Array.IndexOf(Members, spoken),
                areNamed: true);
            _features.Add((prompt, spoken), features);
        }

        return features;
    }

    /// <summary>Finds who speaks on each prompt, by the rule that needs no lessons.</summary>
    public int[] Spoken() => [.. Tied.Select((tied, prompt) => TieRule.Pick(_table, prompt, Members, tied))];

    private bool TellsAny(MeasuredPrompt prompt) => Members.Any(second => Members.Any(first => first < second && prompt.Agreement[first, second] is not null));

    private static AgreementMatrix Part(AgreementMatrix whole, int[] members)
    {
        var part = new AgreementMatrix(members.Length);
        for (var second = 1; second < members.Length; second++)
        {
            for (var first = 0; first < second; first++)
            {
                part[first, second] = whole[members[first], members[second]];
            }
        }

        return part;
    }
}
