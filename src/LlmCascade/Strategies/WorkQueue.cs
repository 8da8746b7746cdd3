using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace LlmCascade.Strategies;

/// <summary>Works on one thing after the other, beside whoever brings them. What fails costs the others nothing.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Without timers and wait handles there is nothing to release.")]
internal sealed class WorkQueue<T>
    where T : class
{
    // How long work that ignores its cancellation is waited for.
    private static readonly TimeSpan _graceTime = TimeSpan.FromSeconds(1);

    private readonly AsyncLocal<bool> _isWorking = new();

    private readonly Func<T, CancellationToken, Task> _work;
    private readonly Action<T, Exception> _failed;
    private readonly TimeProvider _time;
    private readonly Channel<Turn> _turns;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reader;

    /// <param name="capacity">How much may wait.</param>
    /// <param name="work">What is done with each.</param>
    /// <param name="failed">Told of what failed.</param>
    /// <param name="time">The clock.</param>
    public WorkQueue(int capacity, Func<T, CancellationToken, Task> work, Action<T, Exception> failed, TimeProvider time)
    {
        _work = work;
        _failed = failed;
        _time = time;
        _turns = Channel.CreateBounded<Turn>(new BoundedChannelOptions(capacity) { SingleReader = true });

        // Nothing of whoever made it, such as its span, is current while it works.
        using var flow = ExecutionContext.SuppressFlow();
        _reader = Task.Run(ReadAsync);
    }

    /// <summary>Brings something.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TryAdd(T item) => _turns.Writer.TryWrite(new Turn(item, null));

    /// <summary>Waits until what was brought so far has been worked on.</summary>
    /// <exception cref="InvalidOperationException">The work itself asks for it, and would wait for its own end.</exception>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (_isWorking.Value)
        {
            throw new InvalidOperationException("A lesson is being worked on, and cannot wait for its own end.");
        }

        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _turns.Writer.WriteAsync(new Turn(null, settled), cancellationToken).ConfigureAwait(false);
            await settled.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            await _reader.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes nothing more, and works on what waits for as long as it may.</summary>
    /// <param name="drainTimeout">How long. What is left then is lost.</param>
    public async Task StopAsync(TimeSpan drainTimeout)
    {
        _turns.Writer.TryComplete();
        await ((Task)_reader.WaitAsync(drainTimeout, _time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ((Task)_reader.WaitAsync(_graceTime, _time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReadAsync()
    {
        _isWorking.Value = true;
        await foreach (var turn in _turns.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                if (turn.Item is { } item)
                {
                    _stop.Token.ThrowIfCancellationRequested();
                    await _work(item, _stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                Tell(turn.Item!, e);
            }
            finally
            {
                turn.Settled?.SetResult();
            }
        }
    }

    // A logger that throws ends nothing.
    private void Tell(T item, Exception failure)
    {
        try
        {
            _failed(item, failure);
        }
        catch (Exception)
        {
            // There is nobody left to tell.
        }
    }

    private readonly record struct Turn(T? Item, TaskCompletionSource? Settled);
}
