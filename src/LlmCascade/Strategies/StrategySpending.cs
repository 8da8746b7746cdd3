namespace LlmCascade.Strategies;

/// <summary>What strategies have cost, and what a call of the expert costs that they may spare.</summary>
/// <param name="ExpertCalls">The calls of the expert whose cost is known.</param>
/// <param name="ExpertCost">What they have cost.</param>
/// <param name="Prompts">What strategies have cost in the tiers' prompts.</param>
/// <param name="Notes">What the notes have cost.</param>
/// <param name="Unpriced">Answers with strategies of which nobody knows what those have cost.</param>
/// <param name="Embeddings">What embedding questions has cost.</param>
internal readonly record struct StrategySpending(
    long ExpertCalls, decimal ExpertCost, decimal Prompts, decimal Notes, long Unpriced, decimal Embeddings);
