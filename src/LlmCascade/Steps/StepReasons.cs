using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>The reasons that the introspectors of this library give: short stable codes, few enough to be metric tags.</summary>
[Experimental("LLMC006")]
public static class StepReasons
{
    /// <summary>An equation of the step does not hold.</summary>
    public const string Arithmetic = "arithmetic";

    /// <summary>The action before the step failed.</summary>
    public const string ToolError = "tool-error";

    /// <summary>The step says or does once more what was said or done before.</summary>
    public const string RepeatedAction = "repeated-action";

    /// <summary>The action before the step brought nothing.</summary>
    public const string EmptyObservation = "empty-observation";

    /// <summary>The step does not fit the schema of steps.</summary>
    public const string SchemaMismatch = "step-schema";
}
