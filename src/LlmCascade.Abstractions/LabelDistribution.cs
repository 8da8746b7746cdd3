using System.Collections.Immutable;

namespace LlmCascade;

/// <summary>The probabilities of the labels of a space.</summary>
public sealed class LabelDistribution
{
    // Single-precision softmax over many labels is off by about this much.
    private const double Tolerance = 1e-4;

    /// <summary>Initializes a distribution.</summary>
    /// <param name="space">The labels.</param>
    /// <param name="probabilities">One probability per label, in the order of the space; they sum to 1 within 0.0001.</param>
    /// <exception cref="ArgumentException">The number of probabilities differs from that of the labels, one is outside 0 to 1, or the sum is not 1.</exception>
    public LabelDistribution(LabelSpace space, params ImmutableArray<double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(space);
        if (probabilities.IsDefault || probabilities.Length != space.Labels.Length)
        {
            throw new ArgumentException(
                $"The space has {space.Labels.Length} labels and {(probabilities.IsDefault ? 0 : probabilities.Length)} probabilities are given.",
                nameof(probabilities));
        }

        if (probabilities.Any(p => p is not (>= 0 and <= 1)) || Math.Abs(probabilities.Sum() - 1) > Tolerance)
        {
            throw new ArgumentException("Probabilities lie between 0 and 1 and sum to 1.", nameof(probabilities));
        }

        Space = space;
        Probabilities = probabilities;
    }

    /// <summary>Makes the distribution of somebody who names one label and says nothing of the others.</summary>
    /// <param name="space">The labels.</param>
    /// <param name="label">The label, one of the space.</param>
    /// <returns>The distribution: probability 1 for that label.</returns>
    /// <exception cref="ArgumentException">The space does not hold the label.</exception>
    public static LabelDistribution Certain(LabelSpace space, string label)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(label);
        var index = space.IndexOf(label);
        if (index < 0)
        {
            throw new ArgumentException($"'{label}' is none of the labels {space}.", nameof(label));
        }

        var probabilities = new double[space.Labels.Length];
        probabilities[index] = 1;
        return new LabelDistribution(space, [.. probabilities]);
    }

    /// <summary>Gets the labels.</summary>
    public LabelSpace Space { get; }

    /// <summary>Gets one probability per label, in the order of the space.</summary>
    public ImmutableArray<double> Probabilities { get; }

    /// <summary>Gets the most probable label; the first of several equal ones.</summary>
    public string Best => Space.Labels[Probabilities.IndexOf(Probabilities.Max())];
}
