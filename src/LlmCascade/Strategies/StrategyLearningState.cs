using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Strategies;

/// <summary>What has become of the lessons that strategies are made from, since the cascade was made.</summary>
/// <param name="Distilled">Strategies that were made.</param>
/// <param name="Duplicates">Lessons whose question has a strategy already.</param>
/// <param name="Refused">Lessons that may not become a strategy: the expert was too unsure, or the host's function said no.</param>
/// <param name="Empty">Lessons from which no note came: there was nothing to learn, no budget, or it was asked for in vain before.</param>
/// <param name="Retired">Strategies that were retired, because they lose or a better one has come.</param>
/// <param name="Failed">Lessons that could not be worked on.</param>
/// <param name="Dropped">Lessons that found no room.</param>
[Experimental("LLMC004")]
public readonly record struct StrategyLearningState(
    long Distilled, long Duplicates, long Refused, long Empty, long Retired, long Failed, long Dropped);
