using Microsoft.Extensions.AI;

namespace LlmCascade.Testing;

/// <summary>What a scripted model says to one request. Immutable; a text converts to a reply.</summary>
public sealed record ScriptedReply
{
    /// <summary>Initializes a reply.</summary>
    /// <param name="chunks">The text, in the chunks in which a streamed reply brings it.</param>
    public ScriptedReply(params IReadOnlyList<string> chunks)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        Chunks = chunks;
    }

    /// <summary>Gets the text, in chunks.</summary>
    public IReadOnlyList<string> Chunks { get; }

    /// <summary>Gets content beside the text, such as tool calls.</summary>
    public IReadOnlyList<AIContent> Contents { get; init; } = [];

    /// <summary>Gets the usage that is reported at the end; <see langword="null"/> for a provider that reports none.</summary>
    public UsageDetails? Usage { get; init; }

    /// <summary>Gets the finish reason.</summary>
    public ChatFinishReason? FinishReason { get; init; } = ChatFinishReason.Stop;

    /// <summary>Gets the id of a conversation on the provider's server.</summary>
    public string? ConversationId { get; init; }

    /// <summary>Gets the id of the message; <see langword="null"/>, the default, for a provider that gives none.</summary>
    public string? MessageId { get; init; }

    /// <summary>Gets the model's confidence, which a <see cref="ScriptedGenerator"/> hands on.</summary>
    public Confidence Confidence { get; init; }

    /// <summary>Gets the highest confidence that a <see cref="ScriptedGenerator"/> says can still be reached after each chunk.</summary>
    /// <value>1 by default, which stops nobody early.</value>
    public double ReachableConfidence { get; init; } = 1;

    /// <summary>Gets how long the reply takes, and each chunk of a streamed one.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Gets what is thrown: at once, or after the chunks of a streamed reply.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Gets whether the reply never comes, unless it is cancelled.</summary>
    public bool NeverEnds { get; init; }

    /// <summary>Gets whether cancellation is ignored, as badly written clients do.</summary>
    public bool IgnoresCancellation { get; init; }

    /// <summary>Makes a reply of one chunk.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator ScriptedReply(string text) => new(text);

    /// <summary>Makes a reply that is thrown.</summary>
    /// <param name="failure">The exception.</param>
    /// <returns>The reply.</returns>
    public static ScriptedReply Throws(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new() { Failure = failure };
    }

    /// <summary>Makes a reply that calls a tool.</summary>
    /// <param name="name">The tool's name.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The reply.</returns>
    public static ScriptedReply Calls(string name, IDictionary<string, object?>? arguments = null) => new()
    {
        Contents = [new FunctionCallContent($"call-{name}", name, arguments)],
        FinishReason = ChatFinishReason.ToolCalls,
    };

    /// <summary>Adds a usage.</summary>
    /// <param name="inputTokens">The input tokens.</param>
    /// <param name="outputTokens">The output tokens.</param>
    /// <returns>A copy with the usage.</returns>
    public ScriptedReply WithUsage(long inputTokens, long outputTokens) => this with
    {
        Usage = new UsageDetails
        {
            InputTokenCount = inputTokens,
            OutputTokenCount = outputTokens,
            TotalTokenCount = inputTokens + outputTokens,
        },
    };

    internal ChatResponse ToResponse()
    {
        List<AIContent> contents = [.. Contents.Select(CopyOf)];
        if (Chunks.Count > 0)
        {
            contents.Insert(0, new TextContent(string.Concat(Chunks)));
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents) { MessageId = MessageId })
        {
            FinishReason = FinishReason,
            ConversationId = ConversationId,
            Usage = CopyOfUsage(),
        };
    }

    internal IEnumerable<ChatResponseUpdate> ToUpdates()
    {
        foreach (var chunk in Chunks)
        {
            yield return Update(new TextContent(chunk));
        }

        foreach (var content in Contents)
        {
            yield return Update(CopyOf(content));
        }

        if (Failure is not null)
        {
            yield break;
        }

        var end = Update();
        end.FinishReason = FinishReason;
        yield return end;
        if (CopyOfUsage() is { } usage)
        {
            yield return Update(new UsageContent(usage));
        }
    }

    internal async Task WaitAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var token = IgnoresCancellation ? CancellationToken.None : cancellationToken;
        token.ThrowIfCancellationRequested();
        if (NeverEnds)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, token);
        }
        else if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, time, token);
        }
    }

    private ChatResponseUpdate Update(params IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        MessageId = MessageId,
        ConversationId = ConversationId,
    };

    // Function-invoking clients mark the calls that they have made, and a reply may be said again.
    private static AIContent CopyOf(AIContent content) => content is FunctionCallContent call
        ? new FunctionCallContent(call.CallId, call.Name, call.Arguments)
        {
            Exception = call.Exception,
            InformationalOnly = call.InformationalOnly,
            Annotations = call.Annotations,
            RawRepresentation = call.RawRepresentation,
            AdditionalProperties = call.AdditionalProperties,
        }
        : content;

    // Function-invoking clients add into the usage that they get.
    private UsageDetails? CopyOfUsage()
    {
        if (Usage is null)
        {
            return null;
        }

        var copy = new UsageDetails();
        copy.Add(Usage);
        return copy;
    }
}
