namespace LlmCascade.Tool;

/// <summary>A line of question-answer pairs, or one that was exported.</summary>
internal sealed record ImportedPair
{
    public string? Question { get; init; }

    public string? Answer { get; init; }

    public string? Query { get; init; }

    public string? Text { get; init; }

    public string? Scope { get; init; }

    public string? Producer { get; init; }

    public string? ModelId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public StrategyStatus? Status { get; init; }
}
