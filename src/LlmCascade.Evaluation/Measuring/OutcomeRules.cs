namespace LlmCascade.Evaluation.Measuring;

/// <summary>What holds for the outcomes of every method, so that no measure rests on a method's own bookkeeping.</summary>
internal static class OutcomeRules
{
    public static void Check(RecordedStream stream, IReadOnlyList<StreamItem> items, ReplayRun run, RecordedExpert expert)
    {
        if (run.TierNames.IsEmpty || run.Outcomes.Length != items.Count)
        {
            throw new InvalidOperationException(
                $"The method has {run.TierNames.Length} tiers and gave {run.Outcomes.Length} outcomes for {items.Count} items.");
        }

        for (var i = 0; i < items.Count; i++)
        {
            if (FindMistake(stream.Items[items[i].Index], run.Outcomes[i], expert.WasCalledAbout(items[i])) is { } mistake)
            {
                throw new InvalidOperationException($"The outcome of item {i} does not hold: {mistake}.");
            }
        }

        string? FindMistake(RecordedItem item, ItemOutcome outcome, bool wasCalled) =>
            outcome.ExpertCalled != wasCalled ? "it hides a call of the expert or invents one"
            : wasCalled && (outcome.AnsweredBy, outcome.Label) != (ReplayRun.Expert, item.Expert) ? "the expert was paid and its answer is not the one that is given"
            : !wasCalled && outcome.AnsweredBy != ReplayRun.Nobody && !run.TierNames.Contains(outcome.AnsweredBy) ? $"it is answered by '{outcome.AnsweredBy}', which is no tier"
            : outcome.StudentLabels.IsDefault || outcome.StudentLabels.Length != run.TierNames.Length ? "it does not say what each tier would have said"
            : !wasCalled && SaidBy(outcome) != outcome.Label ? "the tier that answers says something else"
            : null;

        string? SaidBy(ItemOutcome outcome) =>
            outcome.AnsweredBy == ReplayRun.Nobody ? null : outcome.StudentLabels[run.TierNames.IndexOf(outcome.AnsweredBy)];
    }
}
