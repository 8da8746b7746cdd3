using System.Diagnostics.CodeAnalysis;
using LlmCascade.Telemetry;

namespace LlmCascade.Escalation;

/// <summary>Lets the tiers of a cascade run beside its expert: as many requests at once as may, and until they are stopped.</summary>
/// <param name="settings">The settings of the cascade.</param>
/// <param name="instruments">What measures the cascade.</param>
/// <param name="askTiers">The loop over its tiers; it throws only when it is cancelled.</param>
[SuppressMessage("Design", "CA1001", Justification = "Without timers and wait handles there is nothing to release.")]
internal sealed class Shadows(
    CascadeSettings settings, Instruments instruments, Func<Passage, ValueTask<Generation?>> askTiers)
{
    private readonly SemaphoreSlim _places = new(settings.ShadowLimit);
    private readonly CancellationTokenSource _stop = new();
    private long _skipped;

    /// <summary>Gets the number of requests that had no shadow because there were too many.</summary>
    public long Skipped => Interlocked.Read(ref _skipped);

    /// <summary>Starts the shadow of a request, if it is to have one.</summary>
    /// <returns>Where the request puts its episode once that is published; <see langword="null"/> when there is no shadow.</returns>
    public TaskCompletionSource<Episode>? Start(
        GenerationRequest request, AttemptNode node, CascadeMode mode, CancellationToken cancellationToken)
    {
        // Where no tier would be asked anyway there is nothing to find out.
        if (mode != CascadeMode.Shadow
            || node.Episode.Options.ForceExpert
            || Conversation.IsContinuedBy(request)
            || cancellationToken.IsCancellationRequested
            || _stop.IsCancellationRequested)
        {
            return null;
        }

        if (!_places.Wait(0, CancellationToken.None))
        {
            Interlocked.Increment(ref _skipped);
            instruments.CountSkippedShadow();
            return null;
        }

        // Neither the request nor the caller, who may go on editing messages once the answer is there, waits for it.
        var episode = new TaskCompletionSource<Episode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = AccompanyAsync(Copies.Of(request), node.Beside(settings.Name), episode.Task);
        return episode;
    }

    /// <summary>Cancels the shadows that are running and starts no more.</summary>
    public async void Stop() =>
        // What a client's cancellation callback throws is that client's affair.
        await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task AccompanyAsync(GenerationRequest request, AttemptNode root, Task<Episode> published)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);

        // On a thread of their own: a client that blocks must not delay the request.
        var tiers = Task.Run(() => AskAsync(request, root, stop.Token), CancellationToken.None);
        var episode = await published.ConfigureAwait(false);
        if (episode.Answer is null)
        {
            await stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await tiers.ConfigureAwait(false);
        var shadow = root.ToAttempt();
        instruments.Record(shadow, isShadow: true);
        Observers.Tell(settings.OnAddendum, new EpisodeAddendum(episode, shadow), episode.Id, settings);
    }

    private async Task AskAsync(GenerationRequest request, AttemptNode root, CancellationToken cancellationToken)
    {
        try
        {
            using var total = Countdown.Start(
                settings.Timeout, root.Episode.Settings.TimeProvider, outer: null, cancellationToken);
            if (await askTiers(new Passage(request, root, total, CascadeMode.Normal, cancellationToken)) is { } answer)
            {
                root.Answered(answer);
            }

            root.Judged(root.LastVerdict);
        }
        catch (Exception e)
        {
            root.Failed(e);
            root.Judged(Verdict.NoOpinion with { Reason = EscalationReasons.Cancelled });
        }
        finally
        {
            _places.Release();
            root.Dispose();
        }
    }
}
