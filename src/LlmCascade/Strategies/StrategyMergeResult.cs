using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Strategies;

/// <summary>What a merge has changed.</summary>
/// <param name="Added">How many strategies came in.</param>
/// <param name="Changed">How many strategies that were there have a higher status or larger counters now.</param>
/// <param name="Deleted">How many strategies are gone, because they had been deleted in the other journal.</param>
[Experimental("LLMC004")]
public readonly record struct StrategyMergeResult(int Added, int Changed, int Deleted);
