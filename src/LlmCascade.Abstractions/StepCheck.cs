using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>What an introspector found out about one step: with which probability it is wrong, or that it cannot tell.</summary>
/// <param name="Source">The id of the introspector.</param>
[Experimental("LLMC006")]
public sealed record StepCheck(string Source)
{
    /// <summary>Gets the probability that the step is wrong, from 0 to 1.</summary>
    /// <value><see langword="null"/> where the introspector cannot tell, which is no evidence of anything.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range, or no number.</exception>
    public double? ErrorProbability
    {
        get;
        init => field = value is null or (>= 0 and <= 1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A probability lies between 0 and 1.");
    }

    /// <summary>Gets why, as a short stable code without content of the step; <see langword="null"/> where there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets what is wrong, in words for whoever writes the step anew, such as <c>3 + 4 is 7 and not 8</c>; <see langword="null"/> where nothing is known.</summary>
    /// <value>It may quote the step, and so belongs in no log.</value>
    public string? Explanation { get; init; }

    /// <summary>Gets what others said that this check is composed of, in their order; empty for one that is not.</summary>
    public ImmutableArray<StepCheck> Parts { get; init; } = [];

    /// <summary>Gets what a calibrator looks at.</summary>
    internal double[]? Features { get; init; }

    /// <summary>Gets the calibrator that lessons about this are for; <see langword="null"/> where there is none.</summary>
    internal object? Calibrator { get; init; }

    /// <summary>Names the check without any text of the step.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => ErrorProbability is { } probability
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Source}: wrong with probability {probability:0.###}")
        : $"{Source}: cannot tell";
}
