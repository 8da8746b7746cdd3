using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;

namespace LlmCascade.Agreement;

/// <summary>How a calibrator learns.</summary>
[Experimental("LLMC005")]
public sealed class AgreementCalibratorOptions
{
    /// <summary>Gets or sets what says whether an answer matches the expert's: an agreement of at least 0.5.</summary>
    /// <value>
    /// <see cref="SimilarityMeasure.Default"/> by default, which knows labels, numbers and short answers. For open-ended text a judge is better
    /// (<see cref="SimilarityMeasure.Judged"/>). What it cannot tell is no match.
    /// </value>
    public IAgreementMeasure Match { get; set; } = SimilarityMeasure.Default;

    /// <summary>Gets or sets from how many lessons on there are probabilities.</summary>
    /// <value>At least 20; 100 by default.</value>
    public int MinimumLessons { get; set; } = 100;

    /// <summary>Gets or sets how many lessons are kept, the latest ones.</summary>
    /// <value>At least <see cref="MinimumLessons"/>, and at most 10,000; 1,000 by default.</value>
    public int Capacity { get; set; } = 1000;

    internal AgreementCalibratorOptions Copy() => (AgreementCalibratorOptions)MemberwiseClone();

    /// <summary>Says what is wrong with the values; <see langword="null"/> where nothing is.</summary>
    internal string? FindMistake() => Match is null ? "Match: there is none." : MatchRegression.FindMistake(MinimumLessons, Capacity);
}
