using System.Collections.Immutable;

namespace LlmCascade.Steps.Introspection;

/// <summary>What a calibrator looks at: what each introspector says, how many steps came before, and how long the step is.</summary>
internal static class CalibrationFeatures
{
    /// <summary>The version of their meaning, part of what a calibrator is bound to.</summary>
    public const string Id = "step-features-v1";

    private const int General = 2;
    private const int PerIntrospector = 2;

    /// <summary>Counts the features of so many introspectors.</summary>
    public static int Count(int introspectors) => General + (PerIntrospector * introspectors);

    /// <summary>Computes them.</summary>
    public static double[] Of(GenerationRequest request, Generation step, ImmutableArray<StepCheck> parts) =>
    [
        .. parts.SelectMany(part => new[] { part.ErrorProbability ?? 0, part.ErrorProbability is null ? 0 : 1 }),
        request.Trajectory?.Steps.Length ?? request.AnsweredBefore.Count,
        Math.Log(1 + step.Response.Text.Length),
    ];
}
