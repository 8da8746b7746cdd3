namespace LlmCascade.Strategies.Retrieval;

/// <summary>A row that may be among the best.</summary>
/// <param name="Row">Its number.</param>
/// <param name="Most">The most that its score can be.</param>
internal readonly record struct Candidate(int Row, float Most);
