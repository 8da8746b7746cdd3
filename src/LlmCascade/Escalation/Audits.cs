using System.Diagnostics.CodeAnalysis;
using LlmCascade.Telemetry;

namespace LlmCascade.Escalation;

/// <summary>Asks the expert about a share of the answers that were kept, beside the requests, so that somebody knows how often it disagrees.</summary>
/// <param name="settings">The settings of the cascade.</param>
/// <param name="instruments">What measures the cascade.</param>
/// <param name="askExpert">Asks the expert; it throws where there is no answer.</param>
[SuppressMessage("Design", "CA1001", Justification = "Without timers and wait handles there is nothing to release.")]
internal sealed class Audits(CascadeSettings settings, Instruments instruments, Func<Passage, ValueTask<Generation>> askExpert)
{
    // So many may wait for a place; more than that go without.
    private const int MostWaiting = 1000;

    private readonly SemaphoreSlim _places = new(settings.ShadowLimit);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;
    private int _begun;

    /// <summary>Tells with which probability an answer is audited.</summary>
    public double ProbabilityFor(Episode episode) =>
        settings.AuditShare > 0
        && episode is { AllowsLearning: true, Answer.IsAuthoritative: false, Answerer.Role: AttemptRole.Tier }
        && !Conversation.IsContinuedBy(episode.Request)
            ? settings.AuditShare
            : 0;

    /// <summary>Starts the audit of an episode that was published, if the draw says so and there is room.</summary>
    public void Consider(Episode episode, AttemptNode node)
    {
        if (episode.AuditProbability == 0
            || node.Draw("audit") >= episode.AuditProbability
            || _stop.IsCancellationRequested
            || Volatile.Read(ref _begun) >= MostWaiting)
        {
            return;
        }

        // The caller, who may go on editing messages once the answer is there, does not wait for it.
        var request = Copies.Of(episode.Request);
        var root = node.Beside(settings.Name);
        Interlocked.Increment(ref _begun);
        var place = _places.WaitAsync(_stop.Token);
        var audit = Task.Run(() => AuditAsync(episode, request, root, place), CancellationToken.None);
        lock (_lock)
        {
            _running = _running.IsCompleted ? audit : Task.WhenAll(_running, audit);
        }
    }

    /// <summary>Waits until the audits that are running have ended.</summary>
    public Task SettleAsync()
    {
        lock (_lock)
        {
            return _running;
        }
    }

    /// <summary>Cancels the audits that are running and starts no more.</summary>
    public async void Stop() =>
        // What a client's cancellation callback throws is that client's affair.
        await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task AuditAsync(Episode episode, GenerationRequest request, AttemptNode root, Task place)
    {
        Generation? truth = null;
        try
        {
            await place.ConfigureAwait(false);

            // Its calls are paid out of the same budget.
            if (settings.ExpertBudget?.TryTake() == false)
            {
                return;
            }

            using var total = Countdown.Start(settings.Timeout, root.Episode.Settings.TimeProvider, outer: null, _stop.Token);
            truth = await askExpert(new Passage(request, root, total, CascadeMode.ExpertOnly, _stop.Token)).ConfigureAwait(false);
            root.Answered(truth);
            root.Judged(root.LastVerdict with { Reason = EscalationReasons.Audited, Probability = episode.AuditProbability });
        }
        catch (OperationCanceledException) when (place.IsCanceled)
        {
            // It was stopped before it had begun.
            return;
        }
        catch (Exception e)
        {
            root.Failed(e);
            root.Judged(Verdict.NoOpinion with { Reason = EscalationReasons.Failed });
        }
        finally
        {
            if (place.IsCompletedSuccessfully)
            {
                _places.Release();
            }

            Interlocked.Decrement(ref _begun);
            root.Dispose();
        }

        var audit = root.ToAttempt();
        instruments.Record(audit, isShadow: true);
        Observers.Tell(settings.OnAddendum, new EpisodeAddendum(episode, audit), episode.Id, settings);
        if (truth is { IsAbstained: false } && settings.LearnAudit is { } learn)
        {
            await learn(new Lesson(episode, truth, TruthSource.Audit, episode.AuditProbability)).ConfigureAwait(false);
        }
    }
}
