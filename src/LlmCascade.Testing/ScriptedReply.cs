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

    /// <summary>Gets the tokens with their log-probabilities; <see langword="null"/>, the default, for a provider that gives none.</summary>
    /// <value>
    /// A <see cref="ScriptedGenerator"/> hands them on. A <see cref="ScriptedChatClient"/> keeps them in its raw
    /// representation, as providers do. Streamed, each chunk brings one token and the last chunk the rest.
    /// </value>
    public IReadOnlyList<TokenLogProbability>? Tokens { get; init; }

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

    /// <summary>Makes a token of each chunk.</summary>
    /// <param name="logProbabilities">One natural logarithm per chunk, each at most 0.</param>
    /// <returns>A copy with the tokens.</returns>
    /// <exception cref="ArgumentException">There are not as many as there are chunks.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One is above 0.</exception>
    public ScriptedReply WithLogProbabilities(params IReadOnlyList<double> logProbabilities)
    {
        ArgumentNullException.ThrowIfNull(logProbabilities);
        if (logProbabilities.Count != Chunks.Count)
        {
            throw new ArgumentException(
                $"Each chunk is a token: there are {Chunks.Count} chunks and {logProbabilities.Count} log-probabilities.",
                nameof(logProbabilities));
        }

        return this with { Tokens = [.. Chunks.Zip(logProbabilities, (chunk, each) => new TokenLogProbability(chunk, each))] };
    }

    /// <summary>Makes the answer that a generator would give, for a policy to judge.</summary>
    /// <returns>The answer, with the confidence and the tokens of this reply. What delays or breaks a reply has no part in it.</returns>
    public Generation ToGeneration() => new(ToResponse()) { Tokens = Tokens, Confidence = Confidence };

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
            RawRepresentation = Tokens is null ? null : new ScriptedTokens(Tokens),
        };
    }

    internal IEnumerable<ChatResponseUpdate> ToUpdates()
    {
        for (var i = 0; i < Chunks.Count; i++)
        {
            var update = Update(new TextContent(Chunks[i]));
            update.RawRepresentation = TokensOf(i);
            yield return update;
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
        end.RawRepresentation = Chunks.Count == 0 ? TokensOf(0) : null;
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

    private ScriptedTokens? TokensOf(int chunk) => Tokens is null ? null
        : new([.. chunk < Chunks.Count - 1 ? Tokens.Skip(chunk).Take(1) : Tokens.Skip(chunk)]);

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
