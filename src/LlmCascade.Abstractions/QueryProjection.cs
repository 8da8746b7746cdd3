using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Finds "the question" of a conversation: the one text that students, embedders and strategies look at.</summary>
/// <remarks>A projection must be deterministic. Change its id whenever its texts change: learned state is bound to it.</remarks>
public abstract class QueryProjection
{
    /// <summary>Initializes a projection.</summary>
    /// <param name="id">A stable name with a version, such as <c>last-user-v1</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="id"/> is empty.</exception>
    protected QueryProjection(string id)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        Id = id;
    }

    /// <summary>Gets the default projection, <c>last-user-v1</c>.</summary>
    /// <value>
    /// The text of the last user message. Where earlier user messages exist, those and the latest assistant text before
    /// the last user message stand before it, one a line with its role. The newest 2,000 characters are kept. System,
    /// tool and reasoning content never enters; other content appears as <c>[image]</c>, <c>[audio]</c>, <c>[video]</c>
    /// or <c>[file]</c>. Tool iterations do not change the text.
    /// </value>
    public static QueryProjection LastUser { get; } = new LastUserProjection();

    /// <summary>Gets the stable name of this projection.</summary>
    public string Id { get; }

    /// <summary>Makes a projection from a function.</summary>
    /// <param name="id">A stable name with a version.</param>
    /// <param name="project">The function, deterministic and thread-safe.</param>
    /// <returns>The projection.</returns>
    /// <exception cref="ArgumentException"><paramref name="id"/> is empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="project"/> is <see langword="null"/>.</exception>
    public static QueryProjection Create(string id, Func<IReadOnlyList<ChatMessage>, string> project)
    {
        ArgumentNullException.ThrowIfNull(project);
        return new FunctionProjection(id, project);
    }

    /// <summary>Finds the question.</summary>
    /// <param name="messages">The conversation, oldest first.</param>
    /// <returns>The question; empty when there is none.</returns>
    public abstract string Project(IReadOnlyList<ChatMessage> messages);

    private sealed class FunctionProjection(string id, Func<IReadOnlyList<ChatMessage>, string> project)
        : QueryProjection(id)
    {
        public override string Project(IReadOnlyList<ChatMessage> messages) => project(messages);
    }
}
