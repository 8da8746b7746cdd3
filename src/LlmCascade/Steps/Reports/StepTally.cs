using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Reports;

/// <summary>Counts what a report says.</summary>
internal sealed class StepTally(Func<Episode, int, string, bool?>? isStepRight, Prices? expertPrices)
{
    private readonly List<TimeSpan> _firstSteps = [];
    private readonly ShareTally _coverage = new();
    private readonly ShareTally _precision = new();
    private readonly ShareTally _recall = new();
    private readonly ShareTally _repairs = new();
    private readonly ShareTally _damages = new();
    private int _tasks;
    private int _steps;
    private int _expertSteps;
    private int _handOvers;
    private decimal _cost;
    private bool _isCostComplete = true;
    private decimal _costOfChecks;
    private int _expertCalls;
    private long _uncached;
    private long _cached;
    private long _output;
    private bool _isUsageComplete = true;
    private long _lateTokens;
    private decimal _lateCost;

    public void Add(Episode episode, Trajectory trajectory)
    {
        var total = episode.Root.Total();
        _tasks++;
        _steps += trajectory.Steps.Length;
        _expertSteps += trajectory.Steps.Count(step => step.IsByExpert);
        _handOvers += trajectory.HandedOverAt is null ? 0 : 1;
        _cost += total.Cost;
        _isCostComplete &= total.IsCostComplete;
        _costOfChecks += StepAttempts.JudgesIn(episode.Root).Sum(judge => judge.Total().Cost);
        if (trajectory.TimeToFirstStep is { } first)
        {
            _firstSteps.Add(first);
        }

        AddExpert(episode.Root);
        List<Attempt> attempts = [.. StepAttempts.StepsIn(episode.Root)];
        for (var place = 0; place < trajectory.Steps.Length; place++)
        {
            AddStep(episode, place, trajectory.Steps[place], StepAttempts.IsAlarm(trajectory.Steps[place], attempts.ElementAtOrDefault(place)));
        }
    }

    public StepReport ToReport() => new()
    {
        Tasks = _tasks,
        Steps = _steps,
        ExpertSteps = StepRate.Of(_expertSteps, _steps),
        HandOvers = _handOvers,
        Cost = _cost,
        IsCostComplete = _isCostComplete,
        CostOfChecks = _costOfChecks,
        ExpertCalls = _expertCalls,
        ExpertUncachedInputTokens = _uncached,
        ExpertCachedInputTokens = _cached,
        ExpertOutputTokens = _output,
        IsExpertUsageComplete = _isUsageComplete,
        LateSwitchTokens = _lateTokens,
        LateSwitchCost = expertPrices is null ? null : _lateCost,
        MedianTimeToFirstStep = Median(),
        Coverage = _coverage.ToRate(),
        Precision = _precision.ToRate(),
        Recall = _recall.ToRate(),
        RepairRate = _repairs.ToRate(),
        DamageRate = _damages.ToRate(),
    };

    private void AddExpert(Attempt root)
    {
        var steps = StepAttempts.StepsIn(root).ToList();
        var ofTask = steps.Count == 0 ? null : StepAttempts.FirstInputIn(steps[0]);
        foreach (var call in steps.SelectMany(StepAttempts.ExpertCallsIn))
        {
            var totals = call.Total();
            var (input, cached) = (totals.Usage.InputTokenCount ?? 0, totals.Usage.CachedInputTokenCount ?? 0);
            _expertCalls++;
            _uncached += input - cached;
            _cached += cached;
            _output += totals.Usage.OutputTokenCount ?? 0;
            _isUsageComplete &= totals.IsUsageComplete;
            if (ofTask is { } least && input > least)
            {
                _lateTokens += input - least;
                _lateCost += CostOfInput(input, cached) - CostOfInput(least, Math.Min(cached, least));
            }
        }
    }

    // The task stands before the steps, so it is what a cache holds first.
    private decimal CostOfInput(long input, long cached) =>
        expertPrices?.CostOf(new UsageDetails { InputTokenCount = input, CachedInputTokenCount = cached, OutputTokenCount = 0 }) ?? 0;

    private void AddStep(Episode episode, int place, ReasoningStep step, bool isAlarm)
    {
        var first = step.Rejected.Count > 0 ? step.Rejected[0] : step;
        if (first.Check is { } check)
        {
            _coverage.Add(check.ErrorProbability is not null);
        }

        if (isStepRight?.Invoke(episode, place, first.Text) is not { } wasRight)
        {
            return;
        }

        if (first.Check is not null && isAlarm)
        {
            _precision.Add(!wasRight);
        }

        if (first.Check is not null && !wasRight)
        {
            _recall.Add(isAlarm);
        }

        if (step.Rejected.Count > 0 && isStepRight(episode, place, step.Text) is { } isRight)
        {
            (wasRight ? _damages : _repairs).Add(wasRight != isRight);
        }
    }

    private TimeSpan? Median()
    {
        if (_firstSteps.Count == 0)
        {
            return null;
        }

        _firstSteps.Sort();
        return (_firstSteps[(_firstSteps.Count - 1) / 2] + _firstSteps[_firstSteps.Count / 2]) / 2;
    }

    /// <summary>Counts how often something was so.</summary>
    private sealed class ShareTally
    {
        private int _count;
        private int _total;

        public void Add(bool isSo)
        {
            _count += isSo ? 1 : 0;
            _total++;
        }

        public StepRate? ToRate() => StepRate.Of(_count, _total);
    }
}
