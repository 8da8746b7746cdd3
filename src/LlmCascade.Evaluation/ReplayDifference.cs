namespace LlmCascade.Evaluation;

/// <summary>A difference between two replays.</summary>
/// <param name="Value">The difference; of the means where there are several runs.</param>
/// <param name="Low">The lower end of its 95 % interval.</param>
/// <param name="High">The upper end.</param>
public sealed record ReplayDifference(double Value, double Low, double High);
