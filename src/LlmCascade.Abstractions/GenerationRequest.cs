using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>What one request asks of every generator.</summary>
/// <remarks>Immutable as far as the library goes: no component changes the messages or the options, each clones what it edits.</remarks>
public sealed record GenerationRequest
{
    // Shared by the copies that `with` makes, so that a prompt with strategies added still asks the same question.
    private readonly ProjectedQuery _query;

    /// <summary>Initializes a request.</summary>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <param name="options">The caller's options, or <see langword="null"/>.</param>
    /// <param name="labels">The labels to choose from when the answer is one of a fixed set, or <see langword="null"/>.</param>
    /// <param name="projection">How <see cref="Query"/> is found; <see cref="QueryProjection.LastUser"/> by default.</param>
    /// <exception cref="ArgumentNullException"><paramref name="messages"/> is <see langword="null"/>.</exception>
    public GenerationRequest(
        IReadOnlyList<ChatMessage> messages,
        ChatOptions? options = null,
        LabelSpace? labels = null,
        QueryProjection? projection = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Messages = messages;
        Options = options;
        Labels = labels;
        _query = new ProjectedQuery(messages, projection ?? QueryProjection.LastUser);
    }

    /// <summary>Initializes a request that consists of one user message.</summary>
    /// <param name="question">The text of the message.</param>
    /// <exception cref="ArgumentNullException"><paramref name="question"/> is <see langword="null"/>.</exception>
    public GenerationRequest(string question)
        : this([new ChatMessage(ChatRole.User, question ?? throw new ArgumentNullException(nameof(question)))])
    {
    }

    /// <summary>Gets the conversation, oldest first.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Gets the caller's options.</summary>
    public ChatOptions? Options { get; init; }

    /// <summary>Gets the labels to choose from when the answer is one of a fixed set.</summary>
    public LabelSpace? Labels { get; init; }

    /// <summary>Gets the task and the steps accepted so far, where the next step is asked for and not a whole answer.</summary>
    /// <value><see langword="null"/> where a whole answer is asked for.</value>
    [Experimental("LLMC006")]
    public Trajectory? Trajectory { get; init; }

    /// <summary>Gets who answered the tool iterations before this one, since the user last spoke; oldest first.</summary>
    /// <value>Found out where it is asked for; few policies do.</value>
    internal IReadOnlyList<string> AnsweredBefore => FindAnsweredBefore?.Invoke() ?? [];

    /// <summary>Gets what finds <see cref="AnsweredBefore"/>; <see langword="null"/> where the user spoke last.</summary>
    internal Func<IReadOnlyList<string>>? FindAnsweredBefore { get; init; }

    /// <summary>Gets the question: the one text that students, embedders and strategies look at.</summary>
    /// <value>Projected once, when first asked for. Copies made with <c>with</c> keep the question of their original.</value>
    public string Query => _query.Text;

    /// <summary>Gets the id of the projection that made <see cref="Query"/>, part of every fingerprint.</summary>
    public string QueryProjectionId => _query.ProjectionId;

    /// <summary>Describes the request without its text.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"request of {Messages.Count} messages";

    private sealed class ProjectedQuery(IReadOnlyList<ChatMessage> messages, QueryProjection projection)
    {
        private string? _text;

        public string ProjectionId => projection.Id;

        // Two threads may project at once; both get the text that was stored first.
        public string Text =>
            _text ?? Interlocked.CompareExchange(ref _text, projection.Project(messages), null) ?? _text;
    }
}
