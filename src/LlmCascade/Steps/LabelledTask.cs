using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace LlmCascade.Steps;

/// <summary>A task whose answer is known; immutable.</summary>
/// <param name="Id">What the host knows it by; draws come from it, so equal ids draw alike.</param>
/// <param name="Messages">The conversation that asks, oldest message first.</param>
/// <param name="Answer">The right answer, without the way there.</param>
[Experimental("LLMC006")]
public sealed record LabelledTask(string Id, IReadOnlyList<ChatMessage> Messages, string Answer)
{
    /// <summary>Initializes a task that consists of one user message.</summary>
    /// <param name="id">What the host knows it by.</param>
    /// <param name="question">The text of the message.</param>
    /// <param name="answer">The right answer, without the way there.</param>
    public LabelledTask(string id, string question, string answer)
        : this(id, [new ChatMessage(ChatRole.User, question ?? throw new ArgumentNullException(nameof(question)))], answer)
    {
    }

    /// <summary>Gets what the host knows it by.</summary>
    public string Id { get; init; } = Id ?? throw new ArgumentNullException(nameof(Id));

    /// <summary>Gets the conversation that asks, oldest message first.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; init; } = Messages ?? throw new ArgumentNullException(nameof(Messages));

    /// <summary>Gets the right answer, without the way there.</summary>
    public string Answer { get; init; } = Answer ?? throw new ArgumentNullException(nameof(Answer));

    /// <summary>Gets the steps of a right solution; <see langword="null"/> where none is known.</summary>
    public IReadOnlyList<string>? Solution { get; init; }

    /// <summary>Names the task without its texts.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"task {Id}";
}
