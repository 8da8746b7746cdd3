using LlmCascade;

namespace SupportDesk;

/// <summary>What the small model says to one prompt.</summary>
/// <param name="Prompt">The text of the prompt, notes included.</param>
/// <param name="Greedy">Its answer without chance.</param>
/// <param name="Samples">Its answers with chance, each with a seed of its own.</param>
internal sealed record Sampled(string Prompt, Generation Greedy, Generation[] Samples);
