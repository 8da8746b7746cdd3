using Xunit;

namespace LlmCascade.Tests.Chaos;

/// <summary>A clock that stands still until it is told to go on to its next timer, and that counts the timers nobody has disposed.</summary>
/// <remarks>
/// As on the system's clock, timers fire on the thread pool, each for itself. Everything that happens in a run stirs the
/// clock, so that whoever moves it can see whether everybody waits.
/// </remarks>
internal sealed class ChaosClock : TimeProvider
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly HashSet<ChaosTimer> _timers = [];
    private long _now;
    private long _stirs;
    private Exception? _escaped;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Gets the number of timers that were made and not disposed, whether or not they have fired.</summary>
    public int LiveTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <summary>Gets the number of things that have happened.</summary>
    public long Stirs => Volatile.Read(ref _stirs);

    /// <summary>Gets what a timer's callback threw: on the system's clock it would have ended the process.</summary>
    public Exception? Escaped => Volatile.Read(ref _escaped);

    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(GetTimestamp());

    public override long GetTimestamp()
    {
        Stir();
        return Volatile.Read(ref _now);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ChaosTimer(this, callback, state);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    public void Stir() => Interlocked.Increment(ref _stirs);

    /// <summary>Moves the time to the next timer and fires all that are due then.</summary>
    /// <returns>Whether there was a timer to go to.</returns>
    public bool GoOn()
    {
        List<ChaosTimer> due = [];
        lock (_lock)
        {
            var next = _timers.Min(timer => timer.DueAt);
            if (next is null)
            {
                return false;
            }

            _now = Math.Max(_now, next.Value);
            due.AddRange(_timers.Where(timer => timer.DueAt <= _now));
            due.ForEach(timer => timer.DueAt = null);
        }

        foreach (var timer in due)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static timer => timer.Fire(), timer, preferLocal: false);
        }

        return true;
    }

    private sealed class ChaosTimer(ChaosClock clock, TimerCallback callback, object? state) : ITimer
    {
        /// <summary>Gets or sets when the timer fires; <see langword="null"/> when it does not. Under the clock's lock.</summary>
        public long? DueAt { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            clock.Stir();
            lock (clock._lock)
            {
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime.Ticks;
                return clock._timers.Contains(this);
            }
        }

        public void Fire()
        {
            try
            {
                callback(state);
            }
            catch (Exception e)
            {
                Volatile.Write(ref clock._escaped, e);
            }

            clock.Stir();
        }

        public void Dispose()
        {
            clock.Stir();
            lock (clock._lock)
            {
                DueAt = null;
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
