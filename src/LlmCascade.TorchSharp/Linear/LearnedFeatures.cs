namespace LlmCascade.Linear;

/// <summary>A demonstration as the indices of its features.</summary>
internal sealed record LearnedFeatures(int[] Indices, int Label);
