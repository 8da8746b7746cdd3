using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>A strategy that was found.</summary>
/// <param name="Strategy">The strategy as it is at the moment.</param>
/// <param name="Similarity">The cosine, from -1 to 1, between the embedding of its query and that of the text it was found for.</param>
[Experimental("LLMC004")]
public readonly record struct StrategyMatch(Strategy Strategy, double Similarity);
