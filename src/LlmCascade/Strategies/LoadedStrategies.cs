namespace LlmCascade.Strategies;

/// <summary>What was read from a journal.</summary>
/// <param name="Id">The id of the file.</param>
/// <param name="State">The strategies.</param>
/// <param name="End">Where reading ended.</param>
internal sealed record LoadedStrategies(Guid Id, StrategyState State, long End);
