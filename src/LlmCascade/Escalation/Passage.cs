namespace LlmCascade.Escalation;

/// <summary>One request on its way through one cascade: what is asked, where it is recorded, and what may stop it.</summary>
internal readonly struct Passage(
    GenerationRequest request, AttemptNode parent, Countdown? total, CascadeMode mode, CancellationToken cancellationToken)
{
    public GenerationRequest Request => request;

    public AttemptNode Parent => parent;

    /// <summary>Gets the token that the caller and the total time limit cancel.</summary>
    public CancellationToken Token => total?.Token ?? cancellationToken;

    public CancellationToken CallerToken => cancellationToken;

    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    /// <summary>Gets whether the total time limit has passed.</summary>
    public bool HasExpired => total is { HasExpired: true };

    /// <summary>Gets whether no tier is asked here. In Shadow they run elsewhere, except for conversations, which they could not continue.</summary>
    public bool IsForExpert =>
        !MustAskTiers
        && (parent.Episode.Options.ForceExpert
            || mode == CascadeMode.ExpertOnly
            || (mode == CascadeMode.Shadow && !ContinuesConversation));

    /// <summary>Gets whether the expert may not be asked, so that the tiers have to be, whatever else was said.</summary>
    public bool MustAskTiers { get; init; }

    /// <summary>Gets whether the request continues something that lives at one provider.</summary>
    public bool ContinuesConversation => Conversation.IsContinuedBy(request);

    /// <summary>Gets why no tier is asked; <see langword="null"/> when nothing speaks against it.</summary>
    public string? ReasonToSkip =>
        ContinuesConversation ? EscalationReasons.Conversation : HasExpired ? EscalationReasons.Deadline : null;

    public Countdown? StartLimit(TimeSpan? timeout, AttemptNode attempt)
    {
        var limit = Countdown.Start(
            timeout, parent.Episode.Settings.TimeProvider, total ?? parent.Countdown, Token);
        attempt.Countdown = limit ?? total ?? parent.Countdown;
        return limit;
    }

    /// <summary>Throws when the caller, or whoever runs this cascade as a part, wants no answer any more.</summary>
    public void ThrowIfCancelled(Exception? cause = null)
    {
        if (IsCancelled)
        {
            throw new OperationCanceledException("The request was cancelled.", cause, cancellationToken);
        }
    }

    /// <summary>Tells which of the things that may stop an attempt did.</summary>
    public Verdict VerdictOn(Countdown? limit) =>
        IsCancelled ? Verdict.NoOpinion with { Reason = EscalationReasons.Cancelled }
        : limit is { HasExpired: true } ? Verdict.Defer(EscalationReasons.TimedOut)
        : HasExpired ? Verdict.Defer(EscalationReasons.Deadline)
        : Verdict.Defer(EscalationReasons.Failed);

    /// <summary>Finds the exception to record: a limit that passed says more than the cancellation that it caused.</summary>
    public Exception Explain(Exception failure, Countdown? limit, string name) =>
        failure is not OperationCanceledException || IsCancelled ? failure
        : limit is { HasExpired: true }
            ? new TimeoutException($"'{name}' took longer than its time limit.", failure)
        : HasExpired
            ? new TimeoutException($"The request's total time limit passed before '{name}' had answered.", failure)
        : failure;
}
