namespace LlmCascade.Evaluation.Ensembles;

/// <summary>The replay of one ensemble.</summary>
internal sealed class EnsembleReplay
{
    private const double PaperCost = 0.4;

    // What is deferred where the default is compared with a plain majority: 15, 43 and 60 of 100 prompts are kept.
    private static readonly double[] _compared = [0.40, 0.57, 0.85];

    private static readonly double[] _rates = [.. Enumerable.Range(0, 101).Select(percent => percent / 100.0)];

    private readonly RecordedAnswers _data;
    private readonly AgreementReplayOptions _options;
    private readonly AnswerTable _table;
    private readonly int[] _members;
    private readonly Folds _folds;
    private readonly Resamples _resamples;
    private readonly ReferenceScores? _references;
    private readonly ReplayPrices _prices;
    private readonly CancellationToken _cancellationToken;

    private EnsembleReplay(RecordedAnswers data, AgreementReplayOptions options, CancellationToken cancellationToken)
    {
        _data = data;
        _options = options;
        _table = new AnswerTable(data, options);
        _members = [.. Enumerable.Range(0, _table.Members.Length)];
        _folds = new Folds(_table.Groups, options.Seed);
        _resamples = Resamples.OfPrompts(_table.Count, options.Seed);
        _references = ReferenceScores.Of(_table);
        _prices = new ReplayPrices(options);
        _cancellationToken = cancellationToken;
    }

    public static Task<AgreementReplayReport> RunAsync(RecordedAnswers data, AgreementReplayOptions options, CancellationToken cancellationToken) =>
        new EnsembleReplay(data, options, cancellationToken).RunAsync();

    private async Task<AgreementReplayReport> RunAsync()
    {
        var measure = _options.Measure ?? AgreementMeasures.Of(AgreementMeasures.Composite, _options.Embedder);
        var ensemble = await MeasureAsync(measure).ConfigureAwait(false);
        var curve = new QualityCurve(_table, _options.Measure is null ? DeferralSignal.OfCalibrator(ensemble, _folds) : DeferralSignal.OfScore(ensemble));
        var chance = new RandomDeferral(_table, curve.Spoken, SingleMember.Of(_table, _members, _folds));
        var numbers = await MeasureAsync(AgreementMeasures.Of(AgreementMeasures.Number, _options.Embedder)).ConfigureAwait(false);
        var majority = numbers.TellsMostly ? new QualityCurve(_table, DeferralSignal.OfScore(numbers)) : null;
        var reached = curve.FirstAsGoodAsTarget();
        return new AgreementReplayReport
        {
            Prompts = _table.Count,
            Ensemble = _options.Ensemble,
            Target = _options.Target,
            Measure = measure.Id,
            IsCalibrated = _options.Measure is null,
            Points = PointsOf(curve),
            Baselines = BaselinesOf(curve, chance, majority),
            AreaAboveRandom = AreaOf(curve, chance),
            QualityAtCost40 = PaperCost - _prices.Members is { } rate and >= 0 ? curve.At(_resamples.Once, [rate])[0] : null,
            LowestCostAtTargetQuality = _prices.Members + reached,
            LowestDeferralAtTargetQuality = reached,
            BreakEvenDeferralRate = 1 - _prices.Members,
            Swap = _options.Swap is null ? null : await SwappedMember.CompareAsync(_data, _options, measure, _folds, _resamples, _cancellationToken).ConfigureAwait(false),
            AgainstMajority = majority is null ? null : Compare(curve, majority),
            Folds = _folds.Count,
            Groups = _options.GroupSeparator is null ? null : _table.Groups.Max() + 1,
            Seed = _options.Seed,
        };
    }

    private async Task<MeasuredEnsemble> MeasureAsync(IAgreementMeasure measure) =>
        new(_table, await MeasuredPrompt.AllOfAsync(_table, measure, _cancellationToken).ConfigureAwait(false), _members);

    private List<AgreementPoint> PointsOf(QualityCurve curve)
    {
        var estimates = _resamples.Estimate(weights => curve.At(weights, _rates), _cancellationToken);
        var texts = _references?.At(curve.Order, curve.Spoken, _rates);
        return [.. estimates.Select((quality, i) => _prices.Price(new AgreementPoint
        {
            DeferralRate = _rates[i],
            Quality = quality.Value,
            Low = quality.Low,
            High = quality.High,
            Bleu = texts?[i].Bleu,
            RougeL = texts?[i].RougeL,
        }))];
    }

    private AgreementBaselines BaselinesOf(QualityCurve curve, RandomDeferral chance, QualityCurve? majority) => new(
        Alone(_members.Length, _options.Target),
        [.. _members.Select(member => Alone(member, _table.Members[member]))],
        chance.KeepsSpoken ? "spoken" : "member",
        Along(weights => chance.At(weights, _rates), new DeferralOrder(new double[_table.Count]), chance.Kept),
        Along(new QualityCurve(_table, curve.Spoken, _table.PromptLengths)),
        Along(curve.WithHindsight(_table)),
        majority is null ? null : Along(majority));

    private AgreementBaseline Alone(int model, string name)
    {
        var scores = model < _members.Length ? _table.ScoresOf([.. Enumerable.Repeat(model, _table.Count)]) : _table.TargetScores;
        var texts = _references?.OfModel(model);
        return new(
            name,
            _resamples.Estimate(weights => Weighted.Mean(scores, weights), _cancellationToken),
            _prices.CostOf(name),
            _prices.LatencyOf(name),
            texts?.Bleu,
            texts?.RougeL);
    }

    private List<AgreementBaselinePoint> Along(QualityCurve curve) => Along(weights => curve.At(weights, _rates), curve.Order, curve.Spoken);

    private List<AgreementBaselinePoint> Along(Func<int[], double[]> qualities, DeferralOrder order, int[] spoken)
    {
        var texts = _references?.At(order, spoken, _rates);
        return [.. _resamples.Estimate(qualities, _cancellationToken).Select((quality, i) =>
            new AgreementBaselinePoint(_rates[i], quality.Value, quality.Low, quality.High, texts?[i].Bleu, texts?[i].RougeL))];
    }

    private AgreementEstimate AreaOf(QualityCurve curve, RandomDeferral chance)
    {
        var area = _resamples.Estimate(Above, _cancellationToken);
        return _options.GroupSeparator is null ? area
            : area.WithGroups(new Resamples(_table.Groups, _options.Seed).Estimate(Above, _cancellationToken));

        double Above(int[] weights) => curve.Area(weights) - chance.Area(weights);
    }

    private List<MajorityComparison> Compare(QualityCurve curve, QualityCurve majority)
    {
        var (ours, theirs) = (curve.At(_resamples.Once, _compared), majority.At(_resamples.Once, _compared));
        var differences = _resamples.Estimate(
            weights => [.. curve.At(weights, _compared).Zip(majority.At(weights, _compared), (a, b) => a - b)], _cancellationToken);
        return [.. differences.Select((difference, i) => new MajorityComparison(1 - _compared[i], ours[i], theirs[i], difference)).Reverse()];
    }
}
