namespace LlmCascade.Strategies;

/// <summary>Counts what became of answers with strategies and without. Thread-safe.</summary>
internal sealed class UpliftLedger
{
    private readonly Lock _lock = new();
    private StrategyArm _shown;
    private StrategyArm _heldOut;

    public StrategyUplift Uplift
    {
        get
        {
            lock (_lock)
            {
                return new StrategyUplift(_shown, _heldOut);
            }
        }
    }

    /// <summary>Counts the answers of an episode.</summary>
    public void CountAnswers(Episode episode)
    {
        foreach (var attempt in episode.Root.Children)
        {
            if (attempt is { Role: AttemptRole.Tier, Generation.Strategies: { Matches.Count: > 0 } use })
            {
                Change(use, arm => arm with { Answers = arm.Answers + 1, Kept = arm.Kept + (IsKept(attempt) ? 1 : 0) });
            }
        }
    }

    /// <summary>Counts an answer about which the expert has said something.</summary>
    public void CountChecked(Attempt attempt, StrategyUse use, Lesson lesson, bool agrees)
    {
        if (use.Matches.Count == 0 || lesson.Source == TruthSource.Host)
        {
            return;
        }

        var weight = IsKept(attempt) ? 1 / lesson.Propensity : 1;
        Change(use, arm => arm with
        {
            Checked = arm.Checked + weight,
            Agreed = arm.Agreed + (agrees ? weight : 0),
            SquaredWeights = arm.SquaredWeights + (weight * weight),
        });
    }

    /// <summary>Tells whether an answer was kept, or would have been but for a draw.</summary>
    public static bool IsKept(Attempt attempt) =>
        attempt.Verdict is { Decision: Decision.Keep } or { IsDeferral: true, Probability: > 0 and < 1 };

    private void Change(StrategyUse use, Func<StrategyArm, StrategyArm> change)
    {
        lock (_lock)
        {
            if (use.IsHeldOut)
            {
                _heldOut = change(_heldOut);
            }
            else
            {
                _shown = change(_shown);
            }
        }
    }
}
