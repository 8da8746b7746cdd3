using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>An answer with the evidence that a deferral policy may look at.</summary>
/// <param name="Response">The answer. It may be an instance that its maker shares, so it is copied before anything is added to it.</param>
public sealed record Generation(ChatResponse Response)
{
    /// <summary>Gets the answer.</summary>
    /// <value>It may be an instance that its maker shares, so it is copied before anything is added to it.</value>
    /// <exception cref="ArgumentNullException">The value is <see langword="null"/>.</exception>
    public ChatResponse Response
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Response));
    } = Response ?? throw new ArgumentNullException(nameof(Response));

    /// <summary>Gets the answer as a stream, in the chunks in which a streaming caller shall see it.</summary>
    /// <value><see langword="null"/> to make the stream from <see cref="Response"/>.</value>
    public IReadOnlyList<ChatResponseUpdate>? Updates { get; init; }

    /// <summary>Gets the probabilities of the labels that were asked for.</summary>
    /// <value><see langword="null"/> when no labels were asked for or the generator has no probabilities.</value>
    public LabelDistribution? Labels { get; init; }

    /// <summary>Gets the tokens of the answer with their log-probabilities, in their order.</summary>
    /// <value><see langword="null"/> when the generator has none, which is no evidence of anything.</value>
    public IReadOnlyList<TokenLogProbability>? Tokens { get; init; }

    /// <summary>Gets how sure the generator is, or <see cref="Confidence.None"/>.</summary>
    public Confidence Confidence { get; init; }

    /// <summary>Gets what several candidates said of which this answer is one, and how much they agree.</summary>
    /// <value><see langword="null"/> for the answer of somebody who was asked alone.</value>
    [Experimental("LLMC005")]
    public CandidateAgreement? Agreement { get; init; }

    /// <summary>Gets the steps that the answer consists of, each with who wrote it.</summary>
    /// <value><see langword="null"/> for an answer that was not worked out step by step.</value>
    [Experimental("LLMC006")]
    public Trajectory? Trajectory { get; init; }

    /// <summary>Gets what introspection said about the answer, where it is one step of several.</summary>
    /// <value><see langword="null"/> where nobody looked.</value>
    [Experimental("LLMC006")]
    public StepCheck? Check { get; init; }

    /// <summary>Gets the hint of an expert that the answer was given with.</summary>
    internal string? Hint { get; init; }

    /// <summary>Gets who gave the answer, where that is not the one who was asked for it.</summary>
    internal string? Author { get; init; }

    /// <summary>Gets whether the answer is a step after which the model had nothing more to say.</summary>
    internal bool IsLastStep { get; init; }

    /// <summary>Gets which strategies were found for the request, and whether the answer was given with them.</summary>
    /// <value><see langword="null"/> where none were looked for.</value>
    [Experimental("LLMC004")]
    public StrategyUse? Strategies { get; init; }

    /// <summary>Gets what an expert notes beside its answer for cheaper models that will get similar questions.</summary>
    /// <value>Empty where there is nothing to learn; <see langword="null"/> where it was not asked.</value>
    [Experimental("LLMC004")]
    public string? Note { get; init; }

    /// <summary>Gets what the note has cost beside the answer; <see langword="null"/> where that is unknown.</summary>
    internal decimal? NoteCost { get; init; }

    /// <summary>Gets whether an expert stands behind the answer, so that an enclosing cascade keeps it unasked.</summary>
    public bool IsAuthoritative { get; init; }

    /// <summary>Gets whether the expert answered and its own policy did not accept the answer.</summary>
    /// <value>Nothing is learned from such an answer, and an enclosing cascade does not keep it from a tier.</value>
    public bool IsAbstained { get; init; }

    /// <summary>Copies the answer with another text in place of what it says.</summary>
    internal Generation WithText(string text)
    {
        var response = Copy(Response);
        response.Messages = [new ChatMessage(ChatRole.Assistant, text) { MessageId = Response.Messages.LastOrDefault()?.MessageId }];
        return this with { Response = response, Updates = null, Tokens = null };
    }

    /// <summary>Copies a response, but not its messages.</summary>
    internal static ChatResponse Copy(ChatResponse response) => new(response.Messages)
    {
        ResponseId = response.ResponseId,
        ConversationId = response.ConversationId,
        ModelId = response.ModelId,
        CreatedAt = response.CreatedAt,
        FinishReason = response.FinishReason,
        Usage = response.Usage,
        ContinuationToken = response.ContinuationToken,
        RawRepresentation = response.RawRepresentation,
        AdditionalProperties = response.AdditionalProperties is { } properties ? new(properties) : null,
    };

    /// <summary>Describes the answer without its text.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"answer of {Response.Messages.Count} messages, confidence {Confidence}";
}
