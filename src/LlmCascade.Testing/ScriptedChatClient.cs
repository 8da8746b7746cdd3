using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using LlmCascade.Chat;
using Microsoft.Extensions.AI;

namespace LlmCascade.Testing;

/// <summary>A chat client that says what a script says: the double for tests, and for trying things out offline.</summary>
/// <remarks>
/// Thread-safe. Times pass on the given clock, so a test with a fake one need not wait. Like the client of a provider that
/// gives log-probabilities, it has a <see cref="TokenLogProbabilityReader"/> as a service.
/// </remarks>
public sealed class ScriptedChatClient : IChatClient
{
    private static readonly ChatClientMetadata _metadata = new("scripted");

    private static readonly TokenLogProbabilityReader _tokens = ScriptedTokens.Read;

    private readonly Func<ScriptedCall, int, ScriptedReply> _script;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<ScriptedCall> _calls = new();
    private int _count;
    private int _active;

    /// <summary>Initializes a client that says the given replies in turn, and the last one from then on.</summary>
    /// <param name="replies">The replies, at least one.</param>
    /// <exception cref="ArgumentException">There is no reply.</exception>
    public ScriptedChatClient(params IReadOnlyList<ScriptedReply> replies)
        : this(InTurn(replies))
    {
    }

    /// <summary>Initializes a client whose replies a function finds.</summary>
    /// <param name="script">Finds the reply to a call, thread-safe; what it throws, the client throws.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    public ScriptedChatClient(Func<ScriptedCall, ScriptedReply> script, TimeProvider? timeProvider = null)
        : this(ToIndexed(script), timeProvider)
    {
    }

    private ScriptedChatClient(Func<ScriptedCall, int, ScriptedReply> script, TimeProvider? timeProvider = null)
    {
        _script = script;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Gets the calls so far, oldest first.</summary>
    public IReadOnlyList<ScriptedCall> Calls => [.. _calls];

    /// <summary>Gets the number of calls that have not ended yet.</summary>
    public int ActiveCalls => Volatile.Read(ref _active);

    /// <summary>Gets whether the client was disposed.</summary>
    public bool IsDisposed { get; private set; }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var reply = Begin(messages, options, isStreaming: false);
        try
        {
            await reply.WaitAsync(_time, cancellationToken);
            return reply.Failure is null ? reply.ToResponse() : throw reply.Failure;
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reply = Begin(messages, options, isStreaming: true);
        try
        {
            foreach (var update in reply.ToUpdates())
            {
                await reply.WaitAsync(_time, cancellationToken);
                yield return update;
            }

            if (reply.Failure is not null)
            {
                await reply.WaitAsync(_time, cancellationToken);
                throw reply.Failure;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_metadata) ? _metadata
            : serviceType == typeof(TokenLogProbabilityReader) ? _tokens
            : null;
    }

    /// <inheritdoc/>
    public void Dispose() => IsDisposed = true;

    private static Func<ScriptedCall, int, ScriptedReply> InTurn(IReadOnlyList<ScriptedReply> replies)
    {
        ArgumentNullException.ThrowIfNull(replies);
        if (replies.Count == 0)
        {
            throw new ArgumentException("Give at least one reply.", nameof(replies));
        }

        ScriptedReply[] all = [.. replies];
        return (_, index) => all[Math.Min(index, all.Length - 1)];
    }

    private static Func<ScriptedCall, int, ScriptedReply> ToIndexed(Func<ScriptedCall, ScriptedReply> script)
    {
        ArgumentNullException.ThrowIfNull(script);
        return (call, _) => script(call);
    }

    private ScriptedReply Begin(IEnumerable<ChatMessage> messages, ChatOptions? options, bool isStreaming)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var call = new ScriptedCall([.. messages], options, isStreaming);
        _calls.Enqueue(call);
        var reply = _script(call, Interlocked.Increment(ref _count) - 1);
        Interlocked.Increment(ref _active);
        return reply;
    }
}
