using LlmCascade.Calibration;
using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>Answers with one chat client.</summary>
/// <remarks>
/// <para>
/// Thread-safe when its client is, as chat clients are meant to be. The caller's messages and options are never
/// changed: each attempt gets a clone of the options. For a streaming caller the client is called streaming, so that
/// the answer keeps its original chunks. The client stays the host's to dispose.
/// </para>
/// <para>
/// A client that hands out a <see cref="TokenLogProbabilityReader"/> gives its answers' <see cref="Generation.Tokens"/>.
/// </para>
/// </remarks>
public sealed class ChatClientGenerator : IGenerator, IKnownSource
{
    private const int MostUpdatesInOnePacket = 16;

    private readonly TokenLogProbabilityReader? _readTokens;
    private readonly bool _invokesFunctions;

    /// <summary>Initializes a generator.</summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    public ChatClientGenerator(IChatClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        Client = client;
        _readTokens = client.GetService<TokenLogProbabilityReader>();
        _invokesFunctions = client.GetService<FunctionInvokingChatClient>() is not null;
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
    /// <exception cref="ArgumentException"><see cref="TokenConfidence"/> is given too.</exception>
    public Func<GenerationRequest, ChatResponse, Confidence>? Confidence
    {
        get;
        init => field = value is null || TokenConfidence is null ? value : throw TwoConfidences();
    }

    /// <summary>Gets how the confidence is measured from the tokens' log-probabilities; <see langword="null"/>, the default, when it is not.</summary>
    /// <value>
    /// An answer without log-probabilities, such as a mere tool call, has no confidence. A streamed answer is stopped as
    /// soon as the tier's policy is certain to defer it. <see cref="ChatOptions.MaxOutputTokens"/> is taken at its word
    /// for that, unless a <see cref="ChatOptions.RawRepresentationFactory"/> may set another limit, or the client invokes
    /// functions and so calls its model several times.
    /// </value>
    /// <exception cref="ArgumentException">
    /// The client hands out no <see cref="TokenLogProbabilityReader"/>, or <see cref="Confidence"/> is given too.
    /// </exception>
    public TokenConfidence? TokenConfidence
    {
        get;
        init => field = value is null ? null
            : Confidence is not null ? throw TwoConfidences()
            : _readTokens is not null ? value
            : throw new ArgumentException(
                "The chat client supplies no token log-probabilities. Build it with UseOpenAILogProbabilities() of LlmCascade.OpenAI, or with UseTokenLogProbabilities(…).",
                nameof(value));
    }

    object IKnownSource.Source => (Client, ModelId, Configure);

    string? IKnownSource.Model => ModelId ?? Client.GetService<ChatClientMetadata>()?.DefaultModelId;

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
            : await CallAsync(request.Messages, options, context, cancellationToken);
        return Confidence is null || HasError(generation.Response)
            ? generation
            : generation with { Confidence = Confidence(request, generation.Response) };
    }

    private async ValueTask<Generation> CallAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions? options, AttemptContext context, CancellationToken cancellationToken)
    {
        UsageDetails? usage = null;
        ChatResponse response;
        try
        {
            response = await Client.GetResponseAsync(messages, options, cancellationToken)
                ?? throw new InvalidOperationException("The chat client returned null.");
            usage = response.Usage;
        }
        finally
        {
            // A call that failed was paid for all the same.
            context.Paid(usage, outputTokenLimit: LimitOf(options));
        }

        var evidence = new TokenEvidence(_readTokens, TokenConfidence, LimitOf(options));
        evidence.Add(response.RawRepresentation);
        return new Generation(response) { Tokens = evidence.Tokens, Confidence = evidence.Confidence };
    }

    private async ValueTask<Generation> StreamAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions? options, AttemptContext context, CancellationToken cancellationToken)
    {
        var updates = new List<ChatResponseUpdate>();
        var evidence = new TokenEvidence(_readTokens, TokenConfidence, LimitOf(options));
        UsageDetails? usage = null;
        var isComplete = false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await using var stream = Client.GetStreamingResponseAsync(messages, options, stop.Token).GetAsyncEnumerator(stop.Token);
            while (await stream.MoveNextAsync())
            {
                var own = ReservedProperties.RemoveFrom(stream.Current);
                updates.Add(own);
                usage = Add(usage, own);

                // A client that ignores the token is left here, at its next update, which may bring the usage.
                cancellationToken.ThrowIfCancellationRequested();
                await context.EmitAsync(own, cancellationToken);
                if (evidence.Add(own.RawRepresentation) && !context.CanContinue(evidence.Reachable))
                {
                    (usage, isComplete) = await StopAsync(stream, stop, usage);
                    return new Generation(updates.ToChatResponse()) { Updates = updates, Tokens = evidence.Tokens };
                }
            }

            isComplete = true;
        }
        finally
        {
            // A provider reports its usage at the end, so where the answer was cut, its tokens are all that is known.
            usage ??= evidence.Tokens is { Count: var count } ? new UsageDetails { OutputTokenCount = count } : null;
            context.Paid(usage, isPartial: !isComplete, outputTokenLimit: LimitOf(options));
        }

        return new Generation(updates.ToChatResponse())
        {
            Updates = updates,
            Tokens = evidence.Tokens,
            Confidence = evidence.Confidence,
        };
    }

    // An HTTP connection that is only let go of is read on for seconds, while the provider goes on generating. A read that
    // is cancelled ends it at once, but it has to be under way: what has been received already is skipped first.
    private static async ValueTask<(UsageDetails? Usage, bool IsComplete)> StopAsync(
        IAsyncEnumerator<ChatResponseUpdate> stream, CancellationTokenSource stop, UsageDetails? usage)
    {
        try
        {
            for (var i = 0; i < MostUpdatesInOnePacket && !stop.IsCancellationRequested; i++)
            {
                var next = stream.MoveNextAsync();
                if (!next.IsCompleted)
                {
                    // What a client's cancellation callback throws must not keep the read from being awaited.
                    await stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }

                if (!await next)
                {
                    return (usage, true);
                }

                usage = Add(usage, stream.Current);
            }

            await stop.CancelAsync();
        }
        catch (Exception)
        {
            // Nobody waits for the rest of this answer, nor for its failure.
        }

        return (usage, false);
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

    // The provider's own options, where somebody makes them, may set another limit, and the limit holds for one call of
    // the model.
    private long? LimitOf(ChatOptions? options) =>
        options is { RawRepresentationFactory: null } && !_invokesFunctions ? options.MaxOutputTokens : null;

    private static ArgumentException TwoConfidences() =>
        new("Confidence and TokenConfidence are given, and only one of them can be the answer's confidence.");

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
