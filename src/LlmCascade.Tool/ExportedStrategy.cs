namespace LlmCascade.Tool;

/// <summary>A strategy as it is exported. What import reads has the same names.</summary>
internal sealed record ExportedStrategy(
    string Id,
    string Scope,
    string Query,
    string Text,
    string Producer,
    string? ModelId,
    DateTimeOffset CreatedAt,
    string Status,
    StrategyCounters Counters,
    string? EmbeddingModelId)
{
    public static ExportedStrategy Of(Strategy strategy) => new(
        strategy.Id,
        strategy.Scope,
        strategy.Query,
        strategy.Text,
        strategy.Producer,
        strategy.ModelId,
        strategy.CreatedAt,
        strategy.Status.ToString().ToLowerInvariant(),
        strategy.Counters,
        strategy.EmbeddingModelId);
}
