namespace LlmCascade.Escalation;

/// <content>What the cascade does where its budget refuses the expert, and how it brings its episodes to the learners.</content>
public sealed partial class Cascade
{
    /// <summary>Brings an episode to the learners.</summary>
    internal ValueTask LearnInTurnAsync(Episode episode, CancellationToken cancellationToken) =>
        Settings.Learn?.Invoke(episode, cancellationToken) ?? default;

    private ValueTask LearnAsync(Episode? episode, CascadeRequestOptions options, CancellationToken cancellationToken) =>
        episode is null || options.LearnsInTurn ? default : LearnInTurnAsync(episode, cancellationToken);

    private bool MayAskExpert(Passage passage)
    {
        passage.ThrowIfCancelled();
        if (Settings.ExpertBudget?.TryTake() == false)
        {
            return false;
        }

        // Whoever waits for this starts its next request, which must find the call counted.
        TellWhenLooked(passage, Tiers.Length);
        return true;
    }

    // A nested cascade has no say.
    private void TellWhenLooked(Passage passage, int next)
    {
        if (passage.Parent.Depth == 0 && passage.Parent.Episode.Options.OnLooked is { } tell && !MayLookFrom(next))
        {
            tell();
        }
    }

    private bool MayLookFrom(int next)
    {
        var knowsNothing = Settings.Learn is null && Settings.ExpertBudget is null;
        for (; next < Tiers.Length && !knowsNothing; next++)
        {
            if (!Tiers[next].LearnsNothing)
            {
                return true;
            }
        }

        return false;
    }

    private void GiveBackUnused(AttemptNode attempt)
    {
        if (attempt is { Role: AttemptRole.Expert, WasCalled: false })
        {
            Settings.ExpertBudget?.GiveBack();
        }
    }

    private async ValueTask<Generation> AnswerWithoutExpertAsync(Passage passage, TierAnswers tiers)
    {
        if (passage.IsForExpert)
        {
            tiers = await AskTiersAsync(passage with { MustAskTiers = true });
            if (tiers.Kept is { } kept)
            {
                return kept;
            }
        }

        if (tiers is not { Rejected: { } answer, RejectedFrom: { } tier })
        {
            throw RefuseExpert(passage);
        }

        // A second look at an answer that is paid for already, so nobody is called.
        using var attempt = passage.Parent.BeginTier(tier, passage.Request);
        attempt.Answered(answer);
        attempt.Judged(Verdict.Keep(EscalationReasons.BudgetSpent, answer.Confidence));
        answer = tier.OwnsConversations ? answer : Conversation.Hide(answer);
        await passage.Parent.EmitAllAsync(answer, passage.CallerToken);
        return answer;
    }

    private CascadeException RefuseExpert(Passage passage)
    {
        using (var attempt = passage.Parent.BeginFinal(Expert.Name, AttemptRole.Expert, Expert.Prices, hidesConversation: false))
        {
            attempt.Failed(new InvalidOperationException($"The budget of '{Expert.Name}' is spent, and no tier has an answer."));
            attempt.Judged(Verdict.NoOpinion with { Reason = EscalationReasons.BudgetSpent });
        }

        return new CascadeException(passage.Parent.ToAttempt().Children);
    }

    /// <summary>What came of asking the tiers.</summary>
    /// <param name="Kept">The answer that was kept.</param>
    /// <param name="Rejected">The last answer that was not.</param>
    /// <param name="RejectedFrom">Whose it is.</param>
    private readonly record struct TierAnswers(Generation? Kept = null, Generation? Rejected = null, Tier? RejectedFrom = null)
    {
        // An answer that names no label does not replace one that does.
        public TierAnswers Or(Generation? rejected, Tier tier) =>
            rejected is null || (rejected.Labels is null && Rejected?.Labels is not null)
                ? this
                : new TierAnswers(Rejected: rejected, RejectedFrom: tier);
    }
}
