using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace LlmCascade.Learning;

/// <summary>Teaches lessons one after the other, in the order in which they came: the one writer of all that is learned.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Without timers and wait handles there is nothing to release.")]
internal sealed class LessonQueue
{
    // A learner that heeds its cancellation ends within it, and nobody waits longer for one that does not.
    private static readonly TimeSpan _graceTime = TimeSpan.FromSeconds(1);

    private readonly IOnlineLearner[] _learners;
    private readonly IPatientLearner[] _patient;
    private readonly LearningLedger _ledger;
    private readonly TimeSpan _drainTimeout;
    private readonly TimeProvider _time;
    private readonly Channel<Turn> _turns;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reader;
    private readonly AsyncLocal<bool> _isTeaching = new();
    private readonly TaskCompletionSource _gaveUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _stopping = new();
    private Task<long>? _stopped;
    private long _lost;

    public LessonQueue(IEnumerable<IOnlineLearner> learners, LearningOptions options, LearningLedger ledger, TimeProvider time)
    {
        _learners = [.. learners];
        _patient = [.. _learners.OfType<IPatientLearner>()];
        Array.ForEach(_patient, learner => learner.Patience = options.Background ? options.Capacity : 0);
        _ledger = ledger;
        _drainTimeout = options.DrainTimeout;
        _time = time;

        // Who waits for its lesson takes up no more room than its request does.
        _turns = options.Background
            ? Channel.CreateBounded<Turn>(new BoundedChannelOptions(options.Capacity) { SingleReader = true })
            : Channel.CreateUnbounded<Turn>(new UnboundedChannelOptions { SingleReader = true });

        // Nothing of whoever made the queue, such as its span, is current while lessons are learned.
        using var flow = ExecutionContext.SuppressFlow();
        _reader = Task.Run(ReadAsync);
    }

    /// <summary>Puts a lesson at the end, without waiting.</summary>
    /// <returns>
    /// A task that completes, whatever happens, once the lesson is over; <see langword="null"/> when it is dropped. A
    /// learner that makes requests of its own gets a completed one: it would wait for itself.
    /// </returns>
    public Task? Add(Lesson lesson)
    {
        var turn = new Turn(lesson, null);
        _ledger.Arrives();
        if (_turns.Writer.TryWrite(turn))
        {
            return _isTeaching.Value ? Task.CompletedTask : turn.Over.Task;
        }

        _ledger.Leaves();
        _ledger.CountDropped(lesson.Source);
        return null;
    }

    /// <summary>Does something while nothing is being learned, after the lessons that are waiting already.</summary>
    /// <param name="action">What is done; it holds up all learning.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="InvalidOperationException">A learner asks for it, in the middle of its lesson.</exception>
    /// <exception cref="TimeoutException">Learning has stopped, and a learner has not.</exception>
    public async Task<T> BetweenLessonsAsync<T>(Func<T> action, CancellationToken cancellationToken)
    {
        if (_isTeaching.Value)
        {
            throw new InvalidOperationException("A learner cannot wait for the end of its own lesson. Save and load outside of it.");
        }

        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Act()
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                result.SetResult(action());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        }

        try
        {
            await _turns.Writer.WriteAsync(new Turn(null, Act), cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            await WaitForAsync(_reader, cancellationToken).ConfigureAwait(false);
            lock (_stopping)
            {
                Act();
            }
        }

        await WaitForAsync(result.Task, cancellationToken).ConfigureAwait(false);
        return await result.Task.ConfigureAwait(false);
    }

    // What a learner is still at when learning is over may change at any moment, and nobody knows for how long.
    private async Task WaitForAsync(Task task, CancellationToken cancellationToken)
    {
        await Task.WhenAny(task, _gaveUp.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!task.IsCompleted)
        {
            throw new TimeoutException("Learning has stopped, and a learner has not: it ignores its cancellation.");
        }
    }

    /// <summary>Takes no more lessons, and learns those that are waiting as long as there is time.</summary>
    /// <param name="cancellationToken">Ends the time early.</param>
    /// <returns>The number of lessons that are lost.</returns>
    public Task<long> StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopping)
        {
            return _stopped ??= DrainAsync(cancellationToken);
        }
    }

    private async Task<long> DrainAsync(CancellationToken cancellationToken)
    {
        _turns.Writer.TryComplete();
        try
        {
            await _reader.WaitAsync(_drainTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _reader.WaitAsync(_graceTime, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_reader.IsCompleted)
            {
                _gaveUp.SetResult();
            }
        }

        var lost = Interlocked.Read(ref _lost) + _ledger.Backlog + _patient.Sum(learner => learner.Waiting);
        if (lost > 0)
        {
            _ledger.LogLost(lost);
        }

        return lost;
    }

    private async Task ReadAsync()
    {
        _isTeaching.Value = true;
        do
        {
            while (_turns.Reader.TryRead(out var turn))
            {
                turn.Act?.Invoke();
                if (turn.Lesson is { } lesson)
                {
                    // What the host's logger or meter listener throws must not end learning for good.
                    await TeachAsync(lesson).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                turn.Over.SetResult();
            }
        }
        while (await CatchUpAsync().ConfigureAwait(false) || await _turns.Reader.WaitToReadAsync().ConfigureAwait(false));
    }

    // A little at a time, and not while the next lesson is awaited so that somebody can answer at all.
    private async ValueTask<bool> CatchUpAsync()
    {
        if (_stop.IsCancellationRequested || Array.Find(_patient, learner => learner.Next is not null && (!learner.IsUrgent || _turns.Reader.Completion.IsCompleted)) is not { Next: { } episode } behind)
        {
            return false;
        }

        try
        {
            await behind.CatchUpAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Interlocked.Increment(ref _lost);
        }
        catch (Exception e)
        {
            await Task.Run(() => _ledger.LogFailure(behind.GetType().Name, episode, e)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return true;
    }

    private async Task TeachAsync(Lesson lesson)
    {
        try
        {
            await AskLearnersAsync(lesson).ConfigureAwait(false);
        }
        finally
        {
            _ledger.Leaves();
        }
    }

    private async ValueTask AskLearnersAsync(Lesson lesson)
    {
        var hasFailed = false;
        foreach (var learner in _learners)
        {
            if (_stop.IsCancellationRequested)
            {
                Lose(lesson);
                return;
            }

            try
            {
                await learner.LearnAsync(lesson, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                Lose(lesson);
                return;
            }
            catch (Exception e)
            {
                hasFailed = true;
                _ledger.LogFailure(learner.GetType().Name, lesson.Episode.Id, e);
            }
        }

        if (hasFailed)
        {
            _ledger.CountFailed(lesson.Source);
        }
        else
        {
            _ledger.CountLearned(lesson.Source);
        }
    }

    private void Lose(Lesson lesson)
    {
        Interlocked.Increment(ref _lost);
        _ledger.CountDropped(lesson.Source);
    }

    /// <summary>One turn of the reader: a lesson, or something else that must not meet one.</summary>
    private sealed record Turn(Lesson? Lesson, Action? Act)
    {
        public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
