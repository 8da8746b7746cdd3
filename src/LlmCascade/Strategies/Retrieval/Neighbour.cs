namespace LlmCascade.Strategies.Retrieval;

/// <summary>A row that was found.</summary>
/// <param name="Row">Its number: rows are numbered in the order in which they were added.</param>
/// <param name="Score">Its dot product with the query.</param>
internal readonly record struct Neighbour(int Row, float Score);
