namespace StepDetectors;

/// <summary>A question with the solution that is known to be right, and those of several models.</summary>
internal sealed record Question(string Id, string Prompt, string Gold, string GoldSolution, IReadOnlyList<Solution> Solutions);
