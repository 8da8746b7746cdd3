using System.Runtime.CompilerServices;
using LlmCascade.Chat;
using LlmCascade.Escalation;

namespace LlmCascade;

/// <summary>A cascade that says which label of a fixed set fits a text.</summary>
/// <remarks>
/// <para>Thread-safe. Chat tiers and the expert are asked with the <see cref="LabelPrompt"/>, and students with the text alone.</para>
/// <para>
/// Where the cascade learns inline, a call of <see cref="ClassifyAsync"/> ends when its lesson has been learned; calls at
/// the same time learn in the order in which they end. A stream with concurrency <c>c</c> answers item n with students
/// that have learned exactly the items up to n − c of it, in their order, whatever takes how long. So item n is learned
/// once item n + c − 1 was read and its students have looked at it, or the stream has ended; the result does not wait for
/// that, and with concurrency 1 there is nothing to wait for.
/// </para>
/// <para>
/// Students look one item after the other, and so does each tier that is no chat model, and whatever stands before it.
/// Chat models behind them, and the expert, are asked about several items at once. Where a budget limits the expert and
/// chat models are asked before it, which item gets one of the last calls may depend on how long they take.
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
        return RunAsync(text, options, cancellationToken);
    }

    /// <summary>Finds the labels of a stream of texts, one result per text in their order.</summary>
    /// <param name="texts">
    /// The texts. No more are read than are being worked on. Where it fails, or holds <see langword="null"/>, what is
    /// under way is answered first, and then the stream fails.
    /// </param>
    /// <param name="concurrency">
    /// How many texts may be under way at once, at least 1. A result comes as soon as it and all before it are there,
    /// and it waits for the consumer.
    /// </param>
    /// <param name="options">What each request asks of the cascade itself. A key in it is completed with the item's number.</param>
    /// <param name="cancellationToken">
    /// Stops the work in flight, and the reading. A source or a call that ignores it is left behind after
    /// <see cref="CascadeSettings.GraceTime"/>.
    /// </param>
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

    internal async Task<Classification> RunAsync(
        string text, CascadeRequestOptions options, CancellationToken cancellationToken)
    {
        var request = new GenerationRequest(Prompt.CreateMessages(text), options: null, Prompt.Labels, _wholeText);
        return Classification.Of(await Cascade.RunAsync(request, options, Cascade.TakeKey(options), stream: null, cancellationToken), this);
    }

    private async IAsyncEnumerable<Classification> ReadAsync(
        IAsyncEnumerable<string> texts,
        int concurrency,
        CascadeRequestOptions options,
        CancellationToken callerToken,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(callerToken, cancellationToken);
        await using var results = new ClassificationStream(this, texts, concurrency, options, either.Token);
        while (await results.NextAsync() is { } result)
        {
            yield return result;
        }
    }
}
