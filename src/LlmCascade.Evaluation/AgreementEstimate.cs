using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>A number with its 95 % bootstrap intervals. What was fitted or chosen crosswise stays as it was in every resample.</summary>
/// <param name="Value">The number.</param>
/// <param name="Low">The lower end of the interval when prompts are resampled.</param>
/// <param name="High">The upper end.</param>
[Experimental("LLMC005")]
public sealed record AgreementEstimate(double Value, double Low, double High)
{
    /// <summary>Gets the lower end when groups are resampled; <see langword="null"/> where there are none or nobody asked.</summary>
    public double? GroupLow { get; init; }

    /// <summary>Gets the upper end when groups are resampled.</summary>
    public double? GroupHigh { get; init; }

    /// <summary>Adds the interval of another estimate, for which groups were resampled.</summary>
    internal AgreementEstimate WithGroups(AgreementEstimate? grouped) => this with { GroupLow = grouped?.Low, GroupHigh = grouped?.High };
}
