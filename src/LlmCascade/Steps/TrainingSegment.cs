using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>A piece of a training example, all of whose tokens count for the loss, or none.</summary>
/// <param name="Role">Who says it in a chat template: <c>system</c>, <c>user</c>, <c>assistant</c> or another role of the task.</param>
/// <param name="Text">The text, to be put behind the one before it as it is: what stands between steps is part of it.</param>
/// <param name="HasLoss">Whether its tokens count for the loss.</param>
/// <param name="Kind">What it is; see <see cref="TrainingKinds"/>.</param>
[Experimental("LLMC006")]
public sealed record TrainingSegment(string Role, string Text, bool HasLoss, string Kind)
{
    /// <summary>Names the segment without its text.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"{Kind} by {Role}, {(HasLoss ? "with" : "without")} loss";
}
