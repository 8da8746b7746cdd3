namespace LlmCascade.Steps.Logs;

/// <summary>A training example as it is written.</summary>
internal sealed record TrainingLine(string Format, string Id, TrainingStage Stage, IReadOnlyList<SegmentLine> Segments)
{
    public const string CurrentFormat = "llmcascade-training-1";

    public static TrainingLine Of(TrainingExample example, Redaction redaction) => new(
        CurrentFormat,
        example.Id,
        example.Stage,
        [.. example.Segments.Select(segment => new SegmentLine(segment.Role, redaction.Of(segment.Text), segment.HasLoss, segment.Kind))]);

    public TrainingExample ToExample() =>
        new(Id, Stage, [.. Segments.Each(segment => new TrainingSegment(segment.Role, segment.Text, segment.HasLoss, segment.Kind), "segments")]);
}

/// <summary>A piece of a training example.</summary>
internal sealed record SegmentLine(string Role, string Text, bool HasLoss, string Kind);
