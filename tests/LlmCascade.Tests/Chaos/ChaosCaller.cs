using System.Globalization;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>Makes one request as its script says, and records what comes back.</summary>
internal sealed class ChaosCaller(int number, RequestScript script, ChaosRun run)
{
    // Enough for the model to fill the stream and wait for room; later updates are read at once, or a run would never end.
    private const int SlowReads = 5;

    private readonly List<ChatResponseUpdate> _shown = [];
    private Action? _cancel;
    private int _moments;
    private int _waits;

    public int Number => number;

    public ChaosClock Clock => run.Clock;

    public RequestScript Script => script;

    /// <summary>Gets the caller's token, even after its source is gone.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>Gets the response; of a stream, all updates turned into one.</summary>
    public ChatResponse? Response { get; private set; }

    public Exception? Failure { get; private set; }

    /// <summary>Gets whether the caller stopped reading before the end.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>Gets what a streaming caller has seen, the closing update included.</summary>
    public IReadOnlyList<ChatResponseUpdate> Shown => _shown;

    /// <summary>Gets how many of those at work on the request wait for time to pass, or for nothing.</summary>
    public int Waits => Volatile.Read(ref _waits);

    public bool IsOver { get; private set; }

    public async Task CallAsync(IChatClient client)
    {
        if (script.StartsAt > TimeSpan.Zero)
        {
            await run.PauseAsync(number, script.StartsAt);
        }

        using var stop = new CancellationTokenSource();
        _cancel = stop.Cancel;
        Token = stop.Token;
        Moment();
        using var timer = script.CancelsAfter is { } time
            ? run.Clock.CreateTimer(_ => Cancel(), null, time, Timeout.InfiniteTimeSpan)
            : null;
        try
        {
            await (script.IsStreaming ? ReadAsync(client) : AskAsync(client));
        }
        catch (Exception e)
        {
            Failure = e;
        }
        finally
        {
            IsOver = true;
        }
    }

    /// <summary>Says that somebody at work on the request waits, until the result is disposed.</summary>
    public IDisposable Wait()
    {
        Interlocked.Increment(ref _waits);
        run.Clock.Stir();
        return new Waiting(this);
    }

    /// <summary>Counts something that happens in the request, and cancels if this is the moment.</summary>
    public void Moment()
    {
        if (Interlocked.Increment(ref _moments) - 1 == script.CancelsAtMoment)
        {
            Cancel();
        }
    }

    private void Cancel()
    {
        try
        {
            _cancel?.Invoke();
        }
        catch (AggregateException e) when (ChaosException.IsBehind(e))
        {
            // Callbacks of the models on the caller's own token are its own affair.
        }
        catch (ObjectDisposedException)
        {
            // What moves after the request has ended has nothing to cancel.
        }
    }

    private async Task AskAsync(IChatClient client) =>
        Response = await client.GetResponseAsync(Messages, Options, Token);

    private async Task ReadAsync(IChatClient client)
    {
        var stream = script.CancelsEnumerator
            ? client.GetStreamingResponseAsync(Messages, Options).GetAsyncEnumerator(Token)
            : client.GetStreamingResponseAsync(Messages, Options, Token).GetAsyncEnumerator(CancellationToken.None);
        await using (stream)
        {
            while (!(HasStopped = _shown.Count == script.StopsAfterUpdates) && await stream.MoveNextAsync())
            {
                _shown.Add(stream.Current);
                Moment();
                if (script.ReadingTime > TimeSpan.Zero && _shown.Count <= SlowReads)
                {
                    await run.PauseAsync(number, script.ReadingTime);
                }
            }
        }

        Response = HasStopped ? null : _shown.ToChatResponse();
    }

    private sealed class Waiting(ChaosCaller caller) : IDisposable
    {
        private int _hasEnded;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            {
                Interlocked.Decrement(ref caller._waits);
                caller.Clock.Stir();
            }
        }
    }

    private ChatMessage[] Messages => [new(ChatRole.User, number.ToString(CultureInfo.InvariantCulture))];

    private ChatOptions Options
    {
        get
        {
            var options = script.ContinuesConversation ? new ChatOptions { ConversationId = "chaos" } : null;
            return options.WithCascade(request =>
            {
                request.Key(number.ToString(CultureInfo.InvariantCulture));
                if (script.ForcesExpert)
                {
                    request.ForceExpert();
                }
            });
        }
    }
}
