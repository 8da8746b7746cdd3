namespace LlmCascade.Escalation;

/// <summary>A time limit that cancels a token, and that can stand still while the consumer of a stream keeps the answer waiting.</summary>
internal sealed class Countdown : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _source;
    private readonly ITimer _timer;
    private TimeSpan _remaining;
    private long _runningSince;
    private int _pauses;
    private bool _isDisposed;

    private Countdown(TimeSpan limit, TimeProvider time, Countdown? outer, CancellationToken cancellationToken)
    {
        _time = time;
        _remaining = limit;
        Outer = outer;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _runningSince = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((Countdown)state!).Expire(), this, limit, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gets the limit around this one, which stands still when this one does.</summary>
    public Countdown? Outer { get; }

    public CancellationToken Token => _source.Token;

    public bool HasExpired { get; private set; }

    private TimeSpan Remaining => _pauses > 0 ? _remaining : _remaining - _time.GetElapsedTime(_runningSince);

    /// <summary>Starts a countdown; none where there is no limit.</summary>
    public static Countdown? Start(TimeSpan? limit, TimeProvider time, Countdown? outer, CancellationToken cancellationToken) =>
        limit is { } value ? new Countdown(value, time, outer, cancellationToken) : null;

    /// <summary>Gets the time at which the first of the nested limits expires.</summary>
    public DateTimeOffset Deadline
    {
        get
        {
            lock (_lock)
            {
                var own = _time.GetUtcNow() + Remaining;
                return Outer?.Deadline is { } outer && outer < own ? outer : own;
            }
        }
    }

    /// <summary>Gets the time that is left; zero or less once it has expired.</summary>
    public TimeSpan TimeLeft
    {
        get
        {
            lock (_lock)
            {
                return Remaining;
            }
        }
    }

    public void Pause()
    {
        for (var each = this; each is not null; each = each.Outer)
        {
            each.PauseOwn();
        }
    }

    public void Resume()
    {
        for (var each = this; each is not null; each = each.Outer)
        {
            each.ResumeOwn();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
        _source.Dispose();
    }

    private void PauseOwn()
    {
        lock (_lock)
        {
            if (_isDisposed || _pauses++ > 0)
            {
                return;
            }

            _remaining -= _time.GetElapsedTime(_runningSince);
            _timer.Change(System.Threading.Timeout.InfiniteTimeSpan, System.Threading.Timeout.InfiniteTimeSpan);
        }
    }

    private void ResumeOwn()
    {
        lock (_lock)
        {
            if (_isDisposed || --_pauses > 0)
            {
                return;
            }

            _runningSince = _time.GetTimestamp();
            _timer.Change(
                _remaining > TimeSpan.Zero ? _remaining : TimeSpan.Zero, System.Threading.Timeout.InfiniteTimeSpan);
        }
    }

    private void Expire()
    {
        lock (_lock)
        {
            // A timer that fired just before a pause must not cut the answer that the consumer is reading.
            if (_isDisposed || _pauses > 0)
            {
                return;
            }

            HasExpired = true;
        }

        // Callbacks of the token run here, so not under the lock; a disposal that overtakes is harmless. What a
        // callback of a client throws would end the process on this thread.
        try
        {
            _source.Cancel();
        }
        catch (Exception e) when (e is ObjectDisposedException or AggregateException)
        {
        }
    }
}
