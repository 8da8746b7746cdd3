namespace LlmCascade.Evaluation.Ensembles;

/// <summary>The replay of every ensemble of one size that can be chosen from some models.</summary>
internal sealed class EnsembleChoice
{
    private const int MostEnsembles = 20_000;
    private const string Calibrated = "calibrated";
    private const string Length = "length";

    private static readonly string[] _measures =
        [AgreementMeasures.TokenF1, AgreementMeasures.RougeL, AgreementMeasures.Characters, AgreementMeasures.Cosine, AgreementMeasures.Composite];

    private readonly AgreementReplayOptions _options;
    private readonly AnswerTable _table;
    private readonly Folds _folds;
    private readonly Resamples _prompts;
    private readonly Resamples? _groups;
    private readonly int[][] _ensembles;
    private readonly int[][] _single;
    private readonly CancellationToken _cancellationToken;

    private EnsembleChoice(RecordedAnswers data, AgreementReplayOptions options, int[][] ensembles, CancellationToken cancellationToken)
    {
        _options = options;
        _table = new AnswerTable(data, options);
        _folds = new Folds(_table.Groups, options.Seed);
        _prompts = Resamples.OfPrompts(_table.Count, options.Seed);
        _groups = options.GroupSeparator is null ? null : new Resamples(_table.Groups, options.Seed);
        _ensembles = ensembles;
        _single = [.. ensembles.Select(members => SingleMember.Of(_table, members, _folds))];
        _cancellationToken = cancellationToken;
    }

    public static Task<AgreementChoiceReport> RunAsync(
        RecordedAnswers data, AgreementReplayOptions options, int members, CancellationToken cancellationToken)
    {
        if (members < 2 || members > options.Ensemble.Count)
        {
            throw new ArgumentException($"Between 2 and {options.Ensemble.Count} members are chosen of these models, and not {members}.", nameof(members));
        }

        int[][] ensembles = [.. Choices([], members, options.Ensemble.Count).Take(MostEnsembles + 1)];
        return ensembles.Length <= MostEnsembles
            ? new EnsembleChoice(data, options, ensembles, cancellationToken).RunAsync(members)
            : throw new ArgumentException($"There are more than {MostEnsembles} ensembles of {members} among {options.Ensemble.Count} models.", nameof(members));
    }

    private async Task<AgreementChoiceReport> RunAsync(int members)
    {
        List<AgreementSignal> signals = [];
        foreach (var name in _measures)
        {
            var measured = await MeasuredPrompt.AllOfAsync(_table, AgreementMeasures.Of(name, _options.Embedder), _cancellationToken).ConfigureAwait(false);
            var ensembles = Each(i => new MeasuredEnsemble(_table, measured, _ensembles[i]));
            signals.Add(Estimate(name, Each(i => DeferralSignal.OfScore(ensembles[i])), choosesSpoken: true));
            if (name == AgreementMeasures.Composite)
            {
                var calibrated = Each(i => DeferralSignal.OfCalibrator(ensembles[i], _folds));
                var lengths = _table.PromptLengths;
                signals.Add(Estimate(Calibrated, calibrated, choosesSpoken: true));
                signals.Add(Estimate(Length, Each(i => calibrated[i] with { Urgency = lengths }), choosesSpoken: false));
            }
        }

        return new AgreementChoiceReport
        {
            Prompts = _table.Count,
            Pool = _options.Ensemble,
            Members = members,
            Ensembles = _ensembles.Length,
            Target = _options.Target,
            Signals = signals,
            Folds = _folds.Count,
            Groups = _options.GroupSeparator is null ? null : _table.Groups.Max() + 1,
            Seed = _options.Seed,
        };
    }

    private AgreementSignal Estimate(string name, DeferralSignal[] signals, bool choosesSpoken)
    {
        var curves = Each(i => new QualityCurve(_table, signals[i]));
        var chances = Each(i => new RandomDeferral(_table, signals[i].Spoken, _single[i]));
        var gains = Each(i => GainsOf(_ensembles[i], signals[i].Spoken));
        double[] gain = [.. Enumerable.Range(0, _table.Count).Select(prompt => gains.Average(each => each[prompt]))];
        return new AgreementSignal(
            name,
            Estimate(MeanArea),
            ShareAbove(Each(i => AreaOf(i, _prompts.Once))),
            choosesSpoken ? Estimate(weights => Weighted.Mean(gain, weights)) : null,
            choosesSpoken ? ShareAbove(Each(i => gains[i].Average())) : null);

        double AreaOf(int i, int[] weights) => curves[i].Area(weights) - chances[i].Area(weights);

        double MeanArea(int[] weights)
        {
            var sum = 0.0;
            for (var i = 0; i < curves.Length; i++)
            {
                sum += AreaOf(i, weights);
            }

            return sum / curves.Length;
        }
    }

    private AgreementEstimate Estimate(Func<int[], double> measure) =>
        _prompts.Estimate(measure, _cancellationToken).WithGroups(_groups?.Estimate(measure, _cancellationToken));

    // How much better the answer that stands is than the mean of all members.
    private double[] GainsOf(int[] members, int[] spoken) =>
        [.. spoken.Select((member, prompt) => _table.Scores[prompt][member] - members.Average(each => _table.Scores[prompt][each]))];

    private T[] Each<T>(Func<int, T> make)
    {
        var made = new T[_ensembles.Length];
        Parallel.For(0, made.Length, new ParallelOptions { CancellationToken = _cancellationToken }, i => made[i] = make(i));
        return made;
    }

    private static double ShareAbove(double[] values) => (double)values.Count(value => value > 0) / values.Length;

    private static IEnumerable<int[]> Choices(int[] chosen, int members, int pool) => chosen.Length == members
        ? [chosen]
        : Enumerable.Range(chosen.Length == 0 ? 0 : chosen[^1] + 1, pool - (chosen.Length == 0 ? 0 : chosen[^1] + 1))
            .SelectMany(next => Choices([.. chosen, next], members, pool));
}
