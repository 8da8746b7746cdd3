using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>One step of a trajectory: what it says, who wrote it, what was thought of it and what it has cost; immutable.</summary>
/// <param name="Text">The text, without the separator around it.</param>
/// <param name="Author">The name of the tier or the expert that wrote it.</param>
[Experimental("LLMC006")]
public sealed record ReasoningStep(string Text, string Author)
{
    /// <summary>Gets the text, without the separator around it.</summary>
    public string Text { get; init; } = Text ?? throw new ArgumentNullException(nameof(Text));

    /// <summary>Gets the name of the tier or the expert that wrote it.</summary>
    public string Author { get; init; } = Author ?? throw new ArgumentNullException(nameof(Author));

    /// <summary>Gets whether the expert wrote it.</summary>
    public bool IsByExpert { get; init; }

    /// <summary>Gets what introspection said about it; <see langword="null"/> where nobody looked.</summary>
    public StepCheck? Check { get; init; }

    /// <summary>Gets the suspect steps that it replaces, in the order in which they were written; empty where the first one was accepted.</summary>
    public IReadOnlyList<ReasoningStep> Rejected { get; init; } = [];

    /// <summary>Gets the hint that the expert gave to whoever wrote it; <see langword="null"/> where none was asked for.</summary>
    public string? Hint { get; init; }

    /// <summary>Gets what came of it in the world outside: a tool's result, a calculator's; <see langword="null"/> where nothing was observed.</summary>
    public string? Observation { get; init; }

    /// <summary>Gets everything that was paid until it was accepted: suspect steps, checks and hints included.</summary>
    /// <value><see langword="null"/> where it was not written under a cascade, or belongs to a larger whole.</value>
    public AttemptTotals? Spent { get; init; }

    /// <summary>Gets the time from the beginning of the task until the step was accepted.</summary>
    public TimeSpan AcceptedAfter { get; init; }

    /// <summary>Names the step without its text.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => Rejected.Count == 0 ? $"step by {Author}" : $"step by {Author}, after {Rejected.Count} rejected";
}
