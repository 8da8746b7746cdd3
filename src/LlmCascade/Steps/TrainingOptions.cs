using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>How training examples are written, so that the model is trained on what it will be asked; immutable.</summary>
[Experimental("LLMC006")]
public sealed record TrainingOptions
{
    /// <summary>Gets what stands between steps. Lines by default; set what <see cref="StepwiseOptions.Boundary"/> will be.</summary>
    public StepBoundary Boundary { get; init; } = StepBoundary.Line;

    /// <summary>Gets how the model is told to write steps; <see langword="null"/>, the default, for the boundary's own words. Set what <see cref="StepwiseOptions.Instructions"/> will be.</summary>
    public string? Instructions { get; init; }

    /// <summary>Gets how the model will be asked whether a step is wrong.</summary>
    public CheckPrompt CheckPrompt { get; init; } = CheckPrompt.Default;

    /// <summary>Gets what tells that a rejected step is known to be wrong.</summary>
    /// <value>
    /// <see langword="null"/>, the default, for those that an exam found wrong by its rule. What an introspector merely suspected is not known to be wrong, and
    /// a model trained on it would learn the introspector's mistakes.
    /// </value>
    public Func<ReasoningStep, bool>? IsKnownWrong { get; init; }
}
