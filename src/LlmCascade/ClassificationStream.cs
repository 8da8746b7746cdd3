using System.Globalization;
using System.Runtime.ExceptionServices;
using LlmCascade.Escalation;

namespace LlmCascade;

/// <summary>One reading of a stream of texts: several are under way at once, and results come in the order of their texts.</summary>
/// <remarks>
/// It has one caller, and works while that asks for the next result. Of the newest text, the tiers that look at what is
/// learned are waited for before another text is started or an older one is learned. So a lesson waits until as many
/// texts as may be under way have looked, its own included; its result does not.
/// </remarks>
internal sealed class ClassificationStream : IAsyncDisposable
{
    private readonly CascadeClassifier _classifier;
    private readonly CascadeRequestOptions _options;
    private readonly int _concurrency;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource _stop;
    private readonly IAsyncEnumerator<string> _texts;
    private readonly Queue<Task<Classification>> _underWay = new();
    private readonly Queue<(int Number, Episode Episode)> _unlearned = new();
    private Task<bool>? _reading;
    private Task _looking = Task.CompletedTask;
    private ExceptionDispatchInfo? _failure;
    private bool _hasEnded;
    private int _started;
    private int _finished;

    public ClassificationStream(
        CascadeClassifier classifier,
        IAsyncEnumerable<string> texts,
        int concurrency,
        CascadeRequestOptions options,
        CancellationToken cancellationToken)
    {
        _classifier = classifier;
        _options = options;
        _concurrency = concurrency;
        _callerToken = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _texts = texts.GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>Waits for the next result.</summary>
    /// <returns>The result; <see langword="null"/> at the end of the stream.</returns>
    public async Task<Classification?> NextAsync()
    {
        while (true)
        {
            _callerToken.ThrowIfCancellationRequested();
            if (_looking.IsCompleted)
            {
                await LearnAsync();
                if (_reading is { IsCompleted: true })
                {
                    await StartAsync(_reading);
                    continue;
                }

                if (_reading is null && !_hasEnded && _underWay.Count < _concurrency)
                {
                    _reading = ReadAsync();
                    continue;
                }
            }

            if (_underWay.TryPeek(out var oldest) && oldest.IsCompleted)
            {
                return await FinishAsync(oldest);
            }

            if (oldest is null && _hasEnded)
            {
                _failure?.Throw();
                return null;
            }

            await Task.WhenAny(Awaited(oldest)).WaitAsync(_callerToken);
        }
    }

    /// <summary>Cancels what is under way, learns what was handed out, and closes the source.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ((Task)Task.WhenAll(_underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _hasEnded = true;
        await LearnAsync();
        var settings = _classifier.Cascade.Settings;
        var read = (Task?)_reading ?? Task.CompletedTask;
        await read.WaitAsync(settings.GraceTime, settings.TimeProvider, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // A source cannot be closed while it is read, and one that ignores its cancellation is left behind.
        var closing = CloseAsync(read);
        if (read.IsCompleted)
        {
            await closing;
        }
    }

    private async Task<bool> ReadAsync() => await _texts.MoveNextAsync();

    private IEnumerable<Task> Awaited(Task? oldest)
    {
        if (!_looking.IsCompleted)
        {
            yield return _looking;
        }
        else if (_reading is not null)
        {
            yield return _reading;
        }

        if (oldest is not null)
        {
            yield return oldest;
        }
    }

    // A source that fails ends the stream like one that has no more texts: what is under way has been paid for.
    private async Task StartAsync(Task<bool> reading)
    {
        _reading = null;
        try
        {
            if (await reading)
            {
                Start(_texts.Current ?? throw new ArgumentException($"The text number {_started} of the stream is null."));
            }
            else
            {
                _hasEnded = true;
            }
        }
        catch (Exception e)
        {
            _hasEnded = true;
            _failure = ExceptionDispatchInfo.Capture(e);
        }
    }

    private void Start(string text)
    {
        var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var number = _started++;
        _looking = looked.Task;
        _underWay.Enqueue(RunAsync(
            text,
            _options with
            {
                Key = _options.Key is { } key ? string.Create(CultureInfo.InvariantCulture, $"{key}-{number}") : null,
                LearnsInTurn = true,
                OnLooked = () => looked.TrySetResult(),
            },
            looked));
    }

    private async Task<Classification> RunAsync(string text, CascadeRequestOptions options, TaskCompletionSource looked)
    {
        try
        {
            return await _classifier.RunAsync(text, options, _stop.Token);
        }
        catch (CascadeException e)
        {
            return Classification.Of(e);
        }
        finally
        {
            looked.TrySetResult();
        }
    }

    private async Task<Classification> FinishAsync(Task<Classification> oldest)
    {
        var result = await oldest;
        _ = _underWay.Dequeue();
        if (result.Episode is { } episode)
        {
            _unlearned.Enqueue((_finished, episode));
        }

        _finished++;
        if (_looking.IsCompleted)
        {
            await LearnAsync();
        }

        // Whoever gets the result may know better at once.
        if (_unlearned.Count > 0 && result.Episode is not null)
        {
            _classifier.Cascade.Settings.Remember?.Invoke(result.Episode);
        }

        return result;
    }

    private async Task LearnAsync()
    {
        while (_unlearned.TryPeek(out var next) && (_hasEnded || next.Number + _concurrency <= _started))
        {
            _ = _unlearned.Dequeue();
            await _classifier.Cascade.LearnInTurnAsync(next.Episode, _callerToken);
        }
    }

    private async Task CloseAsync(Task read)
    {
        await read.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        await _texts.DisposeAsync();
    }
}
