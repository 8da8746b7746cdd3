namespace LlmCascade.Escalation;

/// <summary>Waits for a call as long as it may take, and no longer.</summary>
internal sealed class CallGuard(CascadeSettings settings)
{
    private int _abandonedCalls;

    /// <summary>Gets the number of calls that ignored their cancellation and are still running.</summary>
    public int AbandonedCalls => Volatile.Read(ref _abandonedCalls);

    /// <summary>Waits for a call.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, and the call ended or was left behind after the grace time.</exception>
    public ValueTask<T> WaitAsync<T>(ValueTask<T> call, AttemptNode attempt, CancellationToken cancellationToken) =>
        call.IsCompleted || !cancellationToken.CanBeCanceled
            ? call
            : WaitAsync(call.AsTask(), attempt, cancellationToken);

    private async ValueTask<T> WaitAsync<T>(Task<T> call, AttemptNode attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !call.IsCompleted)
        {
            // A call that obeys needs a moment to end, and to say what it has cost.
            await ((Task)call).WaitAsync(settings.GraceTime, settings.TimeProvider, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!call.IsCompleted)
            {
                attempt.IsAbandoned = true;
                LeaveBehind(call);
            }

            throw;
        }
    }

    // The call's own failure has nobody left to hear it, but must not surface as an unobserved exception.
    private async void LeaveBehind(Task call)
    {
        Interlocked.Increment(ref _abandonedCalls);
        await call.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Decrement(ref _abandonedCalls);
    }
}
