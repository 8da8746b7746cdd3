using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>Answers with one chat client.</summary>
/// <remarks>
/// Thread-safe when its client is, as chat clients are meant to be. The caller's messages and options are never
/// changed: each attempt gets a clone of the options. For a streaming caller the client is called streaming, so that
/// the answer keeps its original chunks. The client stays the host's to dispose.
/// </remarks>
public sealed class ChatClientGenerator : IGenerator
{
    /// <summary>Initializes a generator.</summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    public ChatClientGenerator(IChatClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        Client = client;
    }

    /// <summary>Gets the client.</summary>
    public IChatClient Client { get; }

    /// <summary>Gets how the model id that the caller asked for becomes the one that this client is asked for.</summary>
    /// <value>By default every id is cleared, so that the client uses its own: the caller's id names the expert's model.</value>
    public Func<string?, string?> MapModel { get; init; } = static _ => null;

    /// <summary>Gets what edits this client's clone of the options: temperature, token limit, more instructions.</summary>
    public Action<ChatOptions>? Configure { get; init; }

    /// <summary>Gets what finds the confidence of a response; <see langword="null"/> when the client gives no evidence.</summary>
    public Func<GenerationRequest, ChatResponse, Confidence>? Confidence { get; init; }

    /// <summary>Gets whether conversations and background responses may live at this client's server.</summary>
    public bool OwnsConversations { get; init; }

    /// <inheritdoc/>
    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        var messages = ReservedProperties.RemoveFrom(request.Messages);
        var options = OptionsFor(request.Options);
        var generation = context.IsStreaming
            ? await StreamAsync(messages, options, context, cancellationToken)
            : new Generation(await CallAsync(messages, options, context, cancellationToken));
        return Confidence is null
            ? generation
            : generation with { Confidence = Confidence(request, generation.Response) };
    }

    private async ValueTask<ChatResponse> CallAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions? options, AttemptContext context, CancellationToken cancellationToken)
    {
        UsageDetails? usage = null;
        try
        {
            var response = await Client.GetResponseAsync(messages, options, cancellationToken)
                ?? throw new InvalidOperationException("The chat client returned null.");
            usage = response.Usage;
            return response;
        }
        finally
        {
            // A call that failed was paid for all the same.
            context.Paid(usage);
        }
    }

    private async ValueTask<Generation> StreamAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions? options, AttemptContext context, CancellationToken cancellationToken)
    {
        var updates = new List<ChatResponseUpdate>();
        UsageDetails? usage = null;
        var isComplete = false;
        try
        {
            await foreach (var update in Client.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                // A client that ignores the token is left here, at its next update.
                cancellationToken.ThrowIfCancellationRequested();
                updates.Add(update);
                usage = Add(usage, update);
                await context.EmitAsync(update, cancellationToken);
            }

            isComplete = true;
        }
        finally
        {
            context.Paid(usage, isPartial: !isComplete);
        }

        return new Generation(updates.ToChatResponse()) { Updates = updates };
    }

    private static UsageDetails? Add(UsageDetails? sum, ChatResponseUpdate update)
    {
        // Runs for every update, and counting, unlike enumerating an interface, allocates nothing.
        for (var i = 0; i < update.Contents.Count; i++)
        {
            if (update.Contents[i] is UsageContent usage)
            {
                (sum ??= new UsageDetails()).Add(usage.Details);
            }
        }

        return sum;
    }

    private ChatOptions? OptionsFor(ChatOptions? asked)
    {
        if (asked is null && Configure is null && MapModel(null) is null)
        {
            return null;
        }

        var options = asked?.Clone() ?? new ChatOptions();
        ReservedProperties.RemoveFrom(options);
        options.ModelId = MapModel(options.ModelId);
        if (!OwnsConversations)
        {
            options.ConversationId = null;
            options.ContinuationToken = null;
            options.AllowBackgroundResponses = null;
        }

        Configure?.Invoke(options);
        return options;
    }
}
