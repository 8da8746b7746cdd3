using System.Runtime.CompilerServices;
using LlmCascade.Chat;
using LlmCascade.Escalation;

namespace LlmCascade;

/// <summary>A cascade that says which label of a fixed set fits a text.</summary>
/// <remarks>
/// <para>Thread-safe. Chat tiers and the expert are asked with the <see cref="LabelPrompt"/>, and students with the text alone.</para>
/// <para>
/// Where the cascade learns inline, an answer is given when its lesson has been learned. A stream with concurrency
/// <c>c</c> answers item n with students that have learned exactly the items up to n − c of it, in their order, so its
/// results repeat whatever takes how long; calls of <see cref="ClassifyAsync"/> at the same time learn in the order in
/// which they end.
/// </para>
/// </remarks>
public sealed class CascadeClassifier
{
    private static readonly QueryProjection _wholeText = QueryProjection.Create(
        "label-text-v1", static messages => messages is [.., var last] ? last.Text : "");

    /// <summary>Initializes a classifier.</summary>
    /// <param name="cascade">
    /// The cascade. It asks with the requests that come from here; <c>AddLlmCascade</c> with
    /// <see cref="CascadeBuilder.Classify(LabelPrompt)"/> makes one whose chat models' replies are read as labels.
    /// </param>
    /// <param name="prompt">The labels, and how chat models are asked for one.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public CascadeClassifier(Cascade cascade, LabelPrompt prompt)
    {
        ArgumentNullException.ThrowIfNull(cascade);
        ArgumentNullException.ThrowIfNull(prompt);
        Cascade = cascade;
        Prompt = prompt;
    }

    /// <summary>Gets the cascade.</summary>
    public Cascade Cascade { get; }

    /// <summary>Gets the labels, and how chat models are asked for one.</summary>
    public LabelPrompt Prompt { get; }

    /// <summary>Finds the label of a text.</summary>
    /// <param name="text">The text; it may be empty.</param>
    /// <param name="options">What the request asks of the cascade itself.</param>
    /// <param name="cancellationToken">Stops the work in flight.</param>
    /// <returns>The label and who gave it.</returns>
    /// <exception cref="CascadeException">The expert failed and no tier's answer was kept.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public Task<Classification> ClassifyAsync(
        string text, CascadeRequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= CascadeRequestOptions.Default;
        return RunAsync(text, options, Cascade.TakeKey(options), cancellationToken);
    }

    /// <summary>Finds the labels of a stream of texts, one result per text in their order.</summary>
    /// <param name="texts">The texts. No more are read than are being worked on.</param>
    /// <param name="concurrency">
    /// How many texts may be under way at once, at least 1. A result comes when so many texts have been read, its own
    /// included, or the stream has ended; and it waits for the consumer.
    /// </param>
    /// <param name="options">What each request asks of the cascade itself. A key in it is completed with the item's number.</param>
    /// <param name="cancellationToken">Stops the work in flight.</param>
    /// <returns>
    /// The results. Whoever stops reading cancels what is under way; what was answered and not read has been paid for,
    /// and is not learned. An item whose expert failed has no label and says why in
    /// <see cref="Classification.Failure"/>; the stream goes on.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="concurrency"/> is below 1.</exception>
    public IAsyncEnumerable<Classification> ClassifyStreamAsync(
        IAsyncEnumerable<string> texts,
        int concurrency = 1,
        CascadeRequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(concurrency, 1);
        return ReadAsync(texts, concurrency, options ?? CascadeRequestOptions.Default, cancellationToken);
    }

    private async IAsyncEnumerable<Classification> ReadAsync(
        IAsyncEnumerable<string> texts,
        int concurrency,
        CascadeRequestOptions options,
        CancellationToken callerToken,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(callerToken, cancellationToken);
        var underWay = new Queue<Task<Classification>>();
        var number = 0;
        try
        {
            await foreach (var text in texts.WithCancellation(stop.Token))
            {
                underWay.Enqueue((await StartAsync(text, options, number++, stop.Token)).Run);
                if (underWay.Count == concurrency)
                {
                    yield return await FinishAsync(underWay, stop.Token);
                }
            }

            while (underWay.Count > 0)
            {
                yield return await FinishAsync(underWay, stop.Token);
            }
        }
        finally
        {
            if (underWay.Count > 0)
            {
                await stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // An item is learned when it is its turn, before the next one is started.
    private async Task<Classification> FinishAsync(Queue<Task<Classification>> underWay, CancellationToken cancellationToken)
    {
        try
        {
            var result = await underWay.Peek();
            await Cascade.LearnInTurnAsync(result.Episode!, cancellationToken);
            return result;
        }
        catch (CascadeException e)
        {
            return Classification.Of(e);
        }
        finally
        {
            _ = underWay.Dequeue();
        }
    }

    // The next item starts, and an older one is learned, only after the students have looked at this one.
    private async Task<UnderWay> StartAsync(
        string text, CascadeRequestOptions options, int number, CancellationToken cancellationToken)
    {
        if (text is null)
        {
            throw new ArgumentException($"The text number {number} of the stream is null.", nameof(text));
        }

        var whenTiersAsked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var own = options with
        {
            Key = options.Key is { } key ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{key}-{number}") : null,
            LearnsInTurn = true,
            OnTiersAsked = () => whenTiersAsked.TrySetResult(),
        };
        var run = RunAsync(text, own, Cascade.TakeKey(own), cancellationToken);
        _ = await Task.WhenAny(run, whenTiersAsked.Task);
        return new UnderWay(run);
    }

    private async Task<Classification> RunAsync(
        string text, CascadeRequestOptions options, string key, CancellationToken cancellationToken)
    {
        var request = new GenerationRequest(Prompt.CreateMessages(text), options: null, Prompt.Labels, _wholeText);
        return Classification.Of(await Cascade.RunAsync(request, options, key, stream: null, cancellationToken), this);
    }

    // An async method cannot return a task that is still running without waiting for it.
    private readonly record struct UnderWay(Task<Classification> Run);
}
