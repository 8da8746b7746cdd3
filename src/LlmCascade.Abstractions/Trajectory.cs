using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>A task and the steps that were accepted so far; immutable.</summary>
/// <param name="Task">The conversation that the steps answer, oldest message first.</param>
/// <param name="Steps">The accepted steps, oldest first.</param>
[Experimental("LLMC006")]
public sealed record Trajectory(IReadOnlyList<ChatMessage> Task, ImmutableArray<ReasoningStep> Steps)
{
    /// <summary>Gets the conversation that the steps answer, oldest message first.</summary>
    public IReadOnlyList<ChatMessage> Task { get; init; } = Task ?? throw new ArgumentNullException(nameof(Task));

    /// <summary>Gets the accepted steps, oldest first.</summary>
    public ImmutableArray<ReasoningStep> Steps { get; init; } = Steps.IsDefault ? [] : Steps;

    /// <summary>Gets why no more steps follow; <see cref="TrajectoryEnd.Open"/> while they may.</summary>
    public TrajectoryEnd End { get; init; }

    /// <summary>Gets the number of the step from which on the expert worked alone, counted from 0; <see langword="null"/> where the work was not handed over.</summary>
    public int? HandedOverAt { get; init; }

    /// <summary>Gets the time from the beginning of the task until its first step was accepted; <see langword="null"/> where there is none.</summary>
    public TimeSpan? TimeToFirstStep => Steps.IsEmpty ? null : Steps[0].AcceptedAfter;

    /// <summary>Gets the suspect steps in whose place the next one is asked for, beside those that the attempt itself knows of.</summary>
    internal ImmutableArray<ReasoningStep> Suspects { get; init; } = [];

    /// <summary>Gets the expert's hint for the next step.</summary>
    internal string? Hint { get; init; }

    /// <summary>Describes the trajectory without its texts.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"{Steps.Length} steps, {Steps.Count(step => step.IsByExpert)} by the expert, {End}";
}
