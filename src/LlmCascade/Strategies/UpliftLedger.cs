namespace LlmCascade.Strategies;

/// <summary>Counts what became of answers with strategies and without. Thread-safe.</summary>
/// <param name="embeddingPerMillion">What embedding a million tokens costs.</param>
/// <param name="auditShare">The share of kept answers that is audited.</param>
internal sealed class UpliftLedger(decimal embeddingPerMillion, double auditShare)
{
    private readonly Lock _lock = new();
    private StrategyArm _shown;
    private StrategyArm _heldOut;
    private StrategySpending _spending;

    public StrategyUplift Uplift
    {
        get
        {
            lock (_lock)
            {
                return new StrategyUplift(_shown, _heldOut) { Spending = _spending };
            }
        }
    }

    /// <summary>Counts the answers of an episode.</summary>
    public void CountAnswers(Episode episode)
    {
        foreach (var attempt in episode.Root.Children.Where(attempt => attempt.Role == AttemptRole.Expert).Concat(AnswersOf(episode)))
        {
            CountSpending(attempt);
            if (attempt is { Role: AttemptRole.Tier, Generation.Strategies: not null })
            {
                CountEmbedding(episode.Request.Query);
            }

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

        var weight = 1 / ProbabilityOf(attempt, lesson);
        Change(use, arm => arm with
        {
            Checked = arm.Checked + weight,
            Agreed = arm.Agreed + (agrees ? weight : 0),
            SquaredWeights = arm.SquaredWeights + (weight * weight),
        });
    }

    /// <summary>Finds the answers of an episode's tiers. One that is looked at for a second time, because the budget is spent, is one answer.</summary>
    public static IEnumerable<Attempt> AnswersOf(Episode episode) =>
        episode.Root.Children.Where(attempt => attempt.Role == AttemptRole.Tier).DistinctBy(attempt => (object?)attempt.Generation ?? attempt, ReferenceEqualityComparer.Instance);

    /// <summary>Computes with which probability somebody was to say whether an answer is right.</summary>
    public double ProbabilityOf(Attempt attempt, Lesson lesson)
    {
        // What was reported, and what the expert was asked about in any case, is certain.
        if (lesson.Propensity == 1)
        {
            return 1;
        }

        // Otherwise it took a draw about the answer that was kept, or would have been: one that defers for the sake of learning, or else that of an audit.
        if ((IsKept(attempt) ? attempt : AnswersOf(lesson.Episode).FirstOrDefault(IsKept)) is not { } kept)
        {
            return lesson.Propensity;
        }

        var explored = kept.Verdict is { IsDeferral: true, Probability: { } drawn } ? drawn : 1 - (kept.Verdict.Probability ?? 1);
        return explored + ((1 - explored) * auditShare) is > 0 and var probability ? probability : lesson.Propensity;
    }

    /// <summary>Counts what a note has cost beside all requests.</summary>
    public void CountNote(decimal cost)
    {
        lock (_lock)
        {
            _spending = _spending with { Notes = _spending.Notes + cost };
        }
    }

    /// <summary>Counts that a question was embedded.</summary>
    public void CountEmbedding(string question)
    {
        lock (_lock)
        {
            _spending = _spending with { Embeddings = _spending.Embeddings + CostEstimate.OfEmbedding(question.Length, embeddingPerMillion) };
        }
    }

    /// <summary>Tells whether an answer was kept, or would have been but for a draw.</summary>
    public static bool IsKept(Attempt attempt) =>
        attempt.Verdict is { Decision: Decision.Keep } or { IsDeferral: true, Probability: > 0 and < 1 };

    private void CountSpending(Attempt attempt)
    {
        lock (_lock)
        {
            if (attempt is { Role: AttemptRole.Expert, Cost: { } cost, IsCostComplete: true })
            {
                var note = attempt.Generation?.NoteCost ?? 0;
                _spending = _spending with
                {
                    ExpertCalls = _spending.ExpertCalls + 1,
                    ExpertCost = _spending.ExpertCost + cost - note,
                    Notes = _spending.Notes + note,
                };
            }
            else if (attempt is { Role: AttemptRole.Tier, Generation.Strategies: { } use })
            {
                var tries = !use.AreShown ? 0 : attempt.Children.Where(child => child is { Role: AttemptRole.Member, Verdict.IsDeferral: true }).Sum(child => child.Total().Cost);
                _spending = _spending with
                {
                    Prompts = _spending.Prompts + (use.PromptCost ?? 0) + tries,
                    Unpriced = _spending.Unpriced + (use.PromptCost is null ? 1 : 0),
                };
            }
        }
    }

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
