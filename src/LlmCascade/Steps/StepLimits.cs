namespace LlmCascade.Steps;

/// <summary>How much of its limits a task has used.</summary>
internal sealed class StepLimits(StepwiseOptions options, TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private TimeSpan _waited;
    private long _tokens;
    private decimal _cost;

    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);

    /// <summary>Starts the clock for a step.</summary>
    public Limit Start(CancellationToken cancellationToken) =>
        new(options.TimeLimit is { } limit ? limit - (Elapsed - _waited) : null, time, cancellationToken);

    /// <summary>Stops the clock until the result is disposed.</summary>
    public Waiting Pause() => new(this);

    public void Count(ReasoningStep step)
    {
        if (step.Spent is { } spent)
        {
            _tokens += (spent.Usage.InputTokenCount ?? 0) + (spent.Usage.OutputTokenCount ?? 0);
            _cost += spent.Cost;
        }
    }

    /// <summary>Tells why no step may follow; open where one may.</summary>
    public TrajectoryEnd EndAfter(Trajectory trajectory) =>
        trajectory.Steps.Length >= options.MaxSteps ? TrajectoryEnd.StepLimit
        : _tokens >= options.MaxTokens ? TrajectoryEnd.TokenLimit
        : _cost >= options.MaxCost ? TrajectoryEnd.CostLimit
        : Elapsed - _waited >= options.TimeLimit ? TrajectoryEnd.TimeLimit
        : TrajectoryEnd.Open;

    /// <summary>The time that is left for a step.</summary>
    internal sealed class Limit : IDisposable
    {
        private readonly CancellationTokenSource? _clock;
        private readonly CancellationTokenSource? _either;

        public Limit(TimeSpan? left, TimeProvider time, CancellationToken cancellationToken)
        {
            Token = cancellationToken;
            if (left is { } value)
            {
                _clock = new CancellationTokenSource(value > TimeSpan.Zero ? value : TimeSpan.Zero, time);
                _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _clock.Token);
                Token = _either.Token;
            }
        }

        public CancellationToken Token { get; }

        public bool HasPassed => _clock is { IsCancellationRequested: true };

        public void Dispose()
        {
            _either?.Dispose();
            _clock?.Dispose();
        }
    }

    /// <summary>A time that does not count.</summary>
    internal readonly struct Waiting(StepLimits limits) : IDisposable
    {
        private readonly TimeSpan _since = limits.Elapsed;

        public void Dispose() => limits._waited += limits.Elapsed - _since;
    }
}
