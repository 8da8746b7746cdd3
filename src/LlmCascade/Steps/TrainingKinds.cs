using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>What the segments of training examples are: short stable codes.</summary>
[Experimental("LLMC006")]
public static class TrainingKinds
{
    /// <summary>A message of the task.</summary>
    public const string Task = "task";

    /// <summary>A step.</summary>
    public const string Step = "step";

    /// <summary>What was observed after a step.</summary>
    public const string Observation = "observation";

    /// <summary>A step that is known to be wrong.</summary>
    public const string WrongStep = "wrong-step";

    /// <summary>The step that was written in place of a wrong one.</summary>
    public const string Correction = "correction";

    /// <summary>A message of the question whether a step is wrong.</summary>
    public const string CheckQuestion = "check-question";

    /// <summary>The answer to the question whether a step is wrong.</summary>
    public const string CheckAnswer = "check-answer";
}
