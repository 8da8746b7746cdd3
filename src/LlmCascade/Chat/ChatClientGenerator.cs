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

    /// <summary>Gets the model that the client is asked for.</summary>
    /// <value>
    /// <see langword="null"/>, the default, leaves the caller's id to an expert and clears it elsewhere, because it names
    /// the expert's model.
    /// </value>
    public string? ModelId { get; init; }

    /// <summary>Gets what edits this client's clone of the options: temperature, token limit, more instructions.</summary>
    public Action<ChatOptions>? Configure { get; init; }

    /// <summary>Gets what finds the confidence of a response; <see langword="null"/> when the client gives no evidence.</summary>
    /// <remarks>It is not asked about error content. What it throws is a failure of the tier.</remarks>
    public Func<GenerationRequest, ChatResponse, Confidence>? Confidence { get; init; }

    /// <inheritdoc/>
    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        context.MakeCurrent();
        var options = OptionsFor(request.Options, context);
        var generation = context.IsStreaming
            ? await StreamAsync(request.Messages, options, context, cancellationToken)
            : new Generation(await CallAsync(request.Messages, options, context, cancellationToken));
        return Confidence is null || HasError(generation.Response)
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
                var own = ReservedProperties.RemoveFrom(update);
                updates.Add(own);
                usage = Add(usage, own);
                await context.EmitAsync(own, cancellationToken);
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

    private static bool HasError(ChatResponse response) =>
        response.Messages.Any(message => message.Contents.Any(content => content is ErrorContent));

    private ChatOptions? OptionsFor(ChatOptions? asked, AttemptContext context)
    {
        if (asked is null && Configure is null && ModelId is null)
        {
            return null;
        }

        var options = asked?.Clone() ?? new ChatOptions();
        options.ModelId = ModelId ?? (context.IsExpert ? options.ModelId : null);
        Configure?.Invoke(options);
        return options;
    }
}
