using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;

namespace LlmCascade.Steps;

/// <summary>How a calibrator of checks learns.</summary>
[Experimental("LLMC006")]
public sealed class StepCalibratorOptions
{
    /// <summary>Gets or sets what says whether a step matches the true one: an agreement of at least 0.5.</summary>
    /// <value>
    /// <see cref="StepMeasure.SameResult"/> by default. What it cannot tell is no match, so that the step counts as wrong. Steps that call tools
    /// are compared by their calls, whatever the measure.
    /// </value>
    public IAgreementMeasure Match { get; set; } = StepMeasure.SameResult;

    /// <summary>Gets or sets from how many lessons on there are probabilities.</summary>
    /// <value>At least 20; 100 by default.</value>
    public int MinimumLessons { get; set; } = 100;

    /// <summary>Gets or sets how many lessons are kept, the latest ones.</summary>
    /// <value>At least <see cref="MinimumLessons"/>, and at most 10,000; 2,000 by default.</value>
    public int Capacity { get; set; } = 2000;

    internal StepCalibratorOptions Copy() => (StepCalibratorOptions)MemberwiseClone();

    /// <summary>Says what is wrong with the values; <see langword="null"/> where nothing is.</summary>
    internal string? FindMistake() => Match is null ? "Match: there is none." : MatchRegression.FindMistake(MinimumLessons, Capacity);
}
