using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>One example to train a model on: a conversation whose last message, the assistant's, is in parts masked from the loss.</summary>
/// <param name="Id">The id of the record that it was made from; that of a check goes on with <c>/check-</c> and a number.</param>
/// <param name="Stage">The stage that it is for.</param>
/// <param name="Segments">
/// The conversation in its order. A segment of the kinds <see cref="TrainingKinds.Task"/> and <see cref="TrainingKinds.CheckQuestion"/> is a whole message; all the others together are
/// the assistant's one message.
/// </param>
[Experimental("LLMC006")]
public sealed record TrainingExample(string Id, TrainingStage Stage, ImmutableArray<TrainingSegment> Segments)
{
    /// <summary>Gets the conversation in its order.</summary>
    public ImmutableArray<TrainingSegment> Segments { get; init; } = Segments.IsDefault ? [] : Segments;

    /// <summary>Names the example without its texts.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"{Id} for {Stage}, {Segments.Length} segments";
}
