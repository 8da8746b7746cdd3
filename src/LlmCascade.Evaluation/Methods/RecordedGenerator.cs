using Microsoft.Extensions.AI;

namespace LlmCascade.Evaluation.Methods;

/// <summary>The recorded expert as a cascade asks it, about the item that is being labelled.</summary>
internal sealed class RecordedGenerator(RecordedExpert expert) : IGenerator
{
    // The loop takes an empty answer for a failure; a cell that could not be parsed is an answer, and none of the labels.
    private const string Unparsed = "(unparsed)";

    public StreamItem Item { get; set; }

    public ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        var label = expert.Look(Item);
        return new(new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, label ?? Unparsed)))
        {
            Labels = label is null ? null : LabelDistribution.Certain(expert.Labels, label),
        });
    }
}
