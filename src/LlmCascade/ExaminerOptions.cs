using System.Diagnostics.CodeAnalysis;
using LlmCascade.Escalation;
using LlmCascade.Steps;

namespace LlmCascade;

/// <summary>How an <see cref="Examiner"/> works.</summary>
[Experimental("LLMC006")]
public sealed class ExaminerOptions
{
    /// <summary>Gets or sets boundaries, instructions, observations and limits of steps.</summary>
    /// <value><see cref="StepwiseOptions.Mode"/> and <see cref="StepwiseOptions.MaxConsecutiveExpertSteps"/> have no part in it.</value>
    public StepwiseOptions Steps { get; set; } = new();

    /// <summary>Gets or sets the name of the local model in records.</summary>
    public string LocalName { get; set; } = "local";

    /// <summary>Gets or sets the name of the cloud model in records.</summary>
    public string ExpertName { get; set; } = "expert";

    /// <summary>Gets or sets what the local model costs; <see langword="null"/>, the default, when that is unknown.</summary>
    public Prices? LocalPrices { get; set; }

    /// <summary>Gets or sets what the cloud model costs; <see langword="null"/>, the default, when that is unknown.</summary>
    public Prices? ExpertPrices { get; set; }

    /// <summary>Gets or sets how many wrong steps of a task are corrected at most.</summary>
    /// <value>At least 0; 1 by default, the earliest one, after which the local model has to find its way alone.</value>
    public int MaxCorrections { get; set; } = 1;

    /// <summary>Gets or sets what tells whether the text of all steps gives the right answer.</summary>
    /// <value>
    /// <see langword="null"/>, the default, to compare what it gives as its answer: by its numbers where the right answer has no words, and otherwise by its words. Thread-safe.
    /// </value>
    public Func<LabelledTask, string, bool>? IsRight { get; set; }

    /// <summary>Gets or sets time limits, clock, seed, telemetry and observers; <see langword="null"/>, the default, for the usual ones under the name <c>examiner</c>.</summary>
    public CascadeSettings? Settings { get; set; }

    /// <summary>Copies options that are in range.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    internal static ExaminerOptions Checked(ExaminerOptions? options)
    {
        options ??= new ExaminerOptions();
        ArgumentNullException.ThrowIfNull(options.Steps, nameof(options));
        ArgumentException.ThrowIfNullOrWhiteSpace(options.LocalName, nameof(options));
        ArgumentException.ThrowIfNullOrWhiteSpace(options.ExpertName, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxCorrections, nameof(options));
        var copy = (ExaminerOptions)options.MemberwiseClone();
        copy.Steps = StepwiseOptions.Checked(options.Steps);
        return copy;
    }
}
