using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>A chat client that does to its caller what its script says, and records what it has done.</summary>
internal sealed class ChaosClient(string place, TurnsScript turns, ChaosRun run) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var call = Begin(messages, out var steps);
        if (call.Script.ReturnsNullAtOnce || call.Script.ReturnsNullTask)
        {
            call.End(isReadToEnd: false, hasBroken: true);
            return call.Script.ReturnsNullTask ? null! : Task.FromResult<ChatResponse>(null!);
        }

        return RespondAsync(call, steps, cancellationToken);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var call = Begin(messages, out var steps);
        if (call.Script.ReturnsNullAtOnce)
        {
            call.End(isReadToEnd: false, hasBroken: true);
            return null!;
        }

        return new ChaosStream(call, PlayAsync(call, steps, cancellationToken));
    }

    public object? GetService(Type serviceType, object? serviceKey) => null;

    public void Dispose()
    {
    }

    private CallRecord Begin(IEnumerable<ChatMessage> messages, out IEnumerable<Step> steps)
    {
        var request = int.Parse(messages.Last().Text, CultureInfo.InvariantCulture);
        var call = run.Begin(place, request, turns[request]);
        try
        {
            run.Moment(request);
            steps = call.Script.Perform(call.Mark);
            return call;
        }
        catch
        {
            call.End(isReadToEnd: false, hasBroken: true);
            throw;
        }
    }

    private async Task<ChatResponse> RespondAsync(CallRecord call, IEnumerable<Step> steps, CancellationToken cancellationToken)
    {
        var isWhole = false;
        List<ChatResponseUpdate> updates = [];
        try
        {
            await foreach (var update in PlayAsync(call, steps, cancellationToken))
            {
                updates.Add(update);
            }

            ThrowOnDisposal(call);
            var response = ToResponse(updates);
            updates.ForEach(update => call.Say(update ?? new ChatResponseUpdate()));
            isWhole = true;
            return response;
        }
        finally
        {
            call.End(isWhole, hasBroken: !isWhole);
        }
    }

    // Not with Microsoft.Extensions.AI, which would tidy up.
    private static ChatResponse ToResponse(List<ChatResponseUpdate> updates) => new([.. updates.Select(ToMessage)])
    {
        Usage = CallRecord.SumOf(updates.OfType<ChatResponseUpdate>()),
        FinishReason = updates.LastOrDefault(update => update?.FinishReason is not null)?.FinishReason,
        ResponseId = updates.LastOrDefault()?.ResponseId,
    };

    private static ChatMessage ToMessage(ChatResponseUpdate? update) => update is null ? null! : new ChatMessage(update.Role ?? ChatRole.Assistant, update.Contents)
    {
        MessageId = update.MessageId,
        AdditionalProperties = update.AdditionalProperties,
    };

    private async IAsyncEnumerable<ChatResponseUpdate> PlayAsync(
        CallRecord call, IEnumerable<Step> steps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (call.Script.ThrowsFromCancellation)
        {
            cancellationToken.Register(() => throw new ChaosException("callback"));
        }

        foreach (var step in steps)
        {
            run.Moment(call.Request);
            switch (step)
            {
                case Say say:
                    yield return say.Update!;
                    break;
                case Pause pause:
                    await run.PauseAsync(call.Request, pause.Time, cancellationToken);
                    break;
                case StayDeaf deaf:
                    await run.StayDeafAsync(call.Request, deaf.Time);
                    break;
                case Block block:
                    run.Block(call.Request, block.Time);
                    break;
                case Break failure:
                    throw failure.Failure;
            }
        }
    }

    private static void ThrowOnDisposal(CallRecord call)
    {
        if (call.Script.ThrowsOnDisposal)
        {
            throw new ChaosException("disposal");
        }
    }

    /// <summary>Knows whether it was read to its end and disposed.</summary>
    private sealed class ChaosStream(CallRecord call, IAsyncEnumerable<ChatResponseUpdate> updates)
        : IAsyncEnumerable<ChatResponseUpdate>
    {
        public IAsyncEnumerator<ChatResponseUpdate> GetAsyncEnumerator(CancellationToken cancellationToken)
        {
            if (call.Script.ReturnsNullTask)
            {
                call.End(isReadToEnd: false, hasBroken: true);
                return null!;
            }

            return new Enumerator(call, updates.GetAsyncEnumerator(cancellationToken));
        }

        private sealed class Enumerator(CallRecord call, IAsyncEnumerator<ChatResponseUpdate> inner) : IAsyncEnumerator<ChatResponseUpdate>
        {
            private bool _isAtEnd;

            public ChatResponseUpdate Current => inner.Current;

            public async ValueTask<bool> MoveNextAsync()
            {
                _isAtEnd = !await inner.MoveNextAsync();
                if (!_isAtEnd)
                {
                    call.Say(Current ?? new ChatResponseUpdate());
                }

                return !_isAtEnd;
            }

            public async ValueTask DisposeAsync()
            {
                await inner.DisposeAsync();
                call.End(_isAtEnd, call.Script.ThrowsOnDisposal);
                ThrowOnDisposal(call);
            }
        }
    }
}
