namespace LlmCascade.Evaluation;

/// <summary>How far a replay is.</summary>
/// <param name="Run">The number of the run, from 1.</param>
/// <param name="Runs">The number of all runs.</param>
/// <param name="Items">The number of items done in this run.</param>
/// <param name="ItemsInAll">The number of items of the stream.</param>
public readonly record struct ReplayProgress(int Run, int Runs, int Items, int ItemsInAll);
