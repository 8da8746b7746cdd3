using System.Runtime.InteropServices;

namespace LlmCascade.Students;

/// <summary>Combines what two students say into one distribution, and learns how much weight each deserves.</summary>
/// <remarks>
/// Logarithms are added, each with its weight, and scaled to a sum of 1: a logarithmic opinion pool. One writer learns by
/// gradient descent on the expert's labels; everybody may mix.
/// </remarks>
internal sealed class Blend
{
    private const double Rate = 0.02;
    private const double LeastProbability = 1e-4;
    private const double MostWeight = 3;

    private double _earlier = 0.5;
    private double _later = 0.5;

    /// <summary>Mixes two distributions over the same labels.</summary>
    public LabelDistribution Mix(LabelDistribution earlier, LabelDistribution later)
    {
        var mixed = new double[earlier.Probabilities.Length];
        var (first, second) = (Volatile.Read(ref _earlier), Volatile.Read(ref _later));
        for (var i = 0; i < mixed.Length; i++)
        {
            mixed[i] = (first * LogOf(earlier, i)) + (second * LogOf(later, i));
        }

        StableMath.Softmax(mixed);
        return new LabelDistribution(earlier.Space, ImmutableCollectionsMarshal.AsImmutableArray(mixed));
    }

    /// <summary>Learns from what the expert said where the two had said this.</summary>
    public void Learn(LabelDistribution earlier, LabelDistribution later, int label)
    {
        var mixed = Mix(earlier, later).Probabilities;
        var (first, second) = (0.0, 0.0);
        for (var i = 0; i < mixed.Length; i++)
        {
            var error = mixed[i] - (i == label ? 1 : 0);
            first += error * LogOf(earlier, i);
            second += error * LogOf(later, i);
        }

        Volatile.Write(ref _earlier, Math.Clamp(_earlier - (Rate * Math.Clamp(first, -1, 1)), 0, MostWeight));
        Volatile.Write(ref _later, Math.Clamp(_later - (Rate * Math.Clamp(second, -1, 1)), 0, MostWeight));
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_earlier);
        writer.Write(_later);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public static Blend Read(BinaryReader reader)
    {
        var blend = new Blend { _earlier = reader.ReadDouble(), _later = reader.ReadDouble() };
        return blend is { _earlier: >= 0 and <= MostWeight, _later: >= 0 and <= MostWeight }
            ? blend
            : throw new InvalidDataException($"It mixes two students with the weights {blend._earlier} and {blend._later}.");
    }

    private static double LogOf(LabelDistribution labels, int label) => StableMath.Log(Math.Max(labels.Probabilities[label], LeastProbability));
}
