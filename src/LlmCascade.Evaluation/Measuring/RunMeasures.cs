using System.Collections.Immutable;

namespace LlmCascade.Evaluation.Measuring;

/// <summary>Compares the outcomes of one run with what is right and with what the expert says.</summary>
internal sealed class RunMeasures
{
    private readonly RecordedStream _stream;
    private readonly ReplayRun _run;
    private readonly RecordedExpert _expert;
    private readonly LabelCounts _labels;
    private readonly ImmutableArray<TierCounts> _tiers;

    // By the item's place in the stream: whether it got the right label.
    private readonly int[] _right;

    private readonly string?[] _given;

    private int _answeredByExpert;
    private int _onlyExpertRight;
    private int _someTierRight;

    public RunMeasures(RecordedStream stream, IReadOnlyList<StreamItem> items, ReplayRun run, RecordedExpert expert)
    {
        OutcomeRules.Check(stream, items, run, expert);
        _stream = stream;
        _run = run;
        _expert = expert;
        _labels = new LabelCounts(stream.Labels);
        _tiers = [.. run.TierNames.Select(name => new TierCounts(name))];
        _right = new int[items.Count];
        _given = new string?[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            Add(items[i].Index, run.Outcomes[i]);
        }
    }

    private double Items => _right.Length;

    /// <summary>Adds 1 for each item that got the right label.</summary>
    public void AddRight(Span<int> counts)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += _right[i];
        }
    }

    public ReplayReport Report(string method, ReplayOptions options, ulong seed, int? shuffle) => new()
    {
        Method = method,
        Mode = options.Mode == ReplayMode.Paper ? "paper" : "default",
        Items = _right.Length,
        Budget = _expert.Budget,
        ExpertCalls = _expert.Calls,
        Accuracy = _right.Sum() / Items,
        Interval = Bootstrap.Interval(_right, 1, seed),
        PerLabel = _labels.Score(),
        ExpertAccuracy = _stream.ExpertAccuracy,
        Tiers = [.. _tiers.Select(tier => tier.Score())],
        ShareWeightedMean = _tiers.Sum(tier => tier.Answered / Items * tier.AccuracyOnAll) + (_answeredByExpert / Items * _stream.ExpertAccuracy),
        Baselines = Compare(),
        Cost = Price(options.ExpertCost),
        Regret = _run.Regret.IsEmpty ? null : _run.Regret,
        Seconds = _run.Seconds,
        Seed = seed,
        Shuffle = shuffle,
        Labels = [.. _given],
    };

    private void Add(int index, ItemOutcome outcome)
    {
        var item = _stream.Items[index];
        _labels.Add(item.Gold, outcome.Label);
        _given[index] = outcome.Label;
        _right[index] = outcome.Label == item.Gold ? 1 : 0;
        _answeredByExpert += outcome.ExpertCalled ? 1 : 0;
        for (var i = 0; i < _tiers.Length; i++)
        {
            _tiers[i].Add(item, outcome.StudentLabels[i], outcome.AnsweredBy == _run.TierNames[i]);
        }

        var someTierIsRight = outcome.StudentLabels.Contains(item.Gold);
        _someTierRight += someTierIsRight ? 1 : 0;
        _onlyExpertRight += !someTierIsRight && item.Expert == item.Gold ? 1 : 0;
    }

    private ReplayBaselines Compare()
    {
        var student = _tiers[^1].AccuracyOnAll;
        var share = _answeredByExpert / Items;
        return new(
            _stream.ExpertAccuracy,
            student,
            (share * _stream.ExpertAccuracy) + ((1 - share) * student),
            (_someTierRight + Math.Min(_onlyExpertRight, _answeredByExpert)) / Items);
    }

    private ReplayCost Price(double perCall)
    {
        var calls = _expert.Calls * perCall;
        var kept = 1 - (_answeredByExpert / Items);
        return new(
            perCall,
            calls,
            _run.InferenceCost,
            _run.TrainingCost,
            calls + _run.InferenceCost + _run.TrainingCost,
            Items * perCall,
            kept * perCall / (3 - (2 * kept)));
    }
}
