using LlmCascade.Telemetry;

namespace LlmCascade.Escalation;

/// <summary>Waits for a call as long as it may take, and no longer.</summary>
internal sealed class CallGuard(CascadeSettings settings, Instruments instruments)
{
    private int _abandonedCalls;

    /// <summary>Gets the number of calls that ignored their cancellation and are still running.</summary>
    public int AbandonedCalls => Volatile.Read(ref _abandonedCalls);

    /// <summary>Waits for a call.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, and the call ended or was left behind after the grace time.</exception>
    public ValueTask<T> WaitAsync<T>(ValueTask<T> call, AttemptNode attempt, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled && !(call.IsCompletedSuccessfully && !cancellationToken.IsCancellationRequested)
            ? WaitAsync(call.AsTask(), attempt, cancellationToken)
            : call;

    private async ValueTask<T> WaitAsync<T>(Task<T> call, AttemptNode attempt, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await call.WaitAsync(cancellationToken);

            // Who blocked the thread until the time was over is as late as anybody else.
            cancellationToken.ThrowIfCancellationRequested();
            return answer;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A call that obeys needs a moment to end, and to say what it has cost.
            await ((Task)call).WaitAsync(GraceTimeOf(attempt), settings.TimeProvider, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!call.IsCompleted)
            {
                attempt.Abandon();
                LeaveBehind(call, attempt);
                throw;
            }

            await ((Task)call).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new OperationCanceledException(
                "The call was cancelled.", call.Exception?.InnerException, cancellationToken);
        }
    }

    private TimeSpan GraceTimeOf(AttemptNode attempt)
    {
        // An inner cascade that has to leave a call behind must itself be done before it would be left behind.
        var grace = settings.GraceTime / (1 << Math.Clamp(attempt.Depth - 1, 0, 8));

        // Who did not keep to its own limit must not use up the time of those who come after it.
        return attempt.Countdown?.Outer?.TimeLeft is { } left && left > TimeSpan.Zero && left / 2 < grace ? left / 2 : grace;
    }

    // The call's own failure has nobody left to hear it, but must not surface as an unobserved exception.
    private async void LeaveBehind(Task call, AttemptNode attempt)
    {
        Interlocked.Increment(ref _abandonedCalls);
        instruments.CountAbandonedCall(1);
        Log.CallLeftBehind(settings.Logger, attempt.Name, settings.Name, attempt.EpisodeId);
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _abandonedCalls);
        instruments.CountAbandonedCall(-1);
    }
}
