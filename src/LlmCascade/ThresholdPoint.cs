using System.Diagnostics.CodeAnalysis;
using LlmCascade.Steps;

namespace LlmCascade;

/// <summary>What one threshold came to on a set of tasks.</summary>
/// <param name="Threshold">The threshold.</param>
/// <param name="Accuracy">The share of tasks whose answer is right.</param>
/// <param name="ExpertSteps">The share of steps that the expert wrote; <see langword="null"/> where no task was worked out step by step.</param>
/// <param name="CostPerTask">The mean cost of a task, as far as it is known.</param>
/// <param name="IsCostComplete">Whether the cost of every call is known; otherwise the cost is a lower bound.</param>
[Experimental("LLMC006")]
public sealed record ThresholdPoint(double Threshold, StepRate Accuracy, StepRate? ExpertSteps, decimal CostPerTask, bool IsCostComplete);
