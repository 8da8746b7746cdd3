using System.Numerics.Tensors;

namespace LlmCascade.Calibration;

/// <summary>A network of 128 rectified units and one sigmoid.</summary>
/// <remarks>
/// Thread-safe while nobody changes the parameters that it was given. Sums run in one order whatever the width of the
/// machine's vectors, so a network answers alike everywhere but for the last bit of the exponential function.
/// </remarks>
internal sealed class MlpNetwork(int inputs, double[] parameters)
{
    /// <summary>How many units stand between the inputs and the output.</summary>
    public const int Units = 128;

    /// <summary>Gets the number of inputs.</summary>
    public int Inputs => inputs;

    /// <summary>Gets the parameters: the units' weights, input by input; their biases; the output's weights; its bias.</summary>
    public Span<double> Parameters => parameters;

    /// <summary>Gets the weights that one input has in the units.</summary>
    public static Span<double> WeightsOf(int input, Span<double> parameters) => parameters.Slice(input * Units, Units);

    /// <summary>Gets the biases of the units.</summary>
    public static Span<double> Biases(Span<double> parameters) => parameters[^((2 * Units) + 1)..^(Units + 1)];

    /// <summary>Gets the weights that the units have in the output.</summary>
    public static Span<double> OutputWeights(Span<double> parameters) => parameters[^(Units + 1)..^1];

    /// <summary>Counts the parameters of a network.</summary>
    public static int Count(int inputs) => (Units * (inputs + 2)) + 1;

    /// <summary>Answers with a probability; not a number where an input is none.</summary>
    /// <exception cref="ArgumentException">The number of inputs is another.</exception>
    public double Predict(ReadOnlySpan<double> values) => Forward(values, stackalloc double[Units]);

    /// <summary>Answers, and tells how active each unit was.</summary>
    public double Forward(ReadOnlySpan<double> values, Span<double> activity)
    {
        if (values.Length != inputs)
        {
            throw new ArgumentException($"The network has {inputs} inputs and {values.Length} values are given.", nameof(values));
        }

        Biases(parameters).CopyTo(activity);
        for (var i = 0; i < inputs; i++)
        {
            TensorPrimitives.MultiplyAdd(WeightsOf(i, parameters), values[i], activity, activity);
        }

        TensorPrimitives.Max(activity, 0, activity);
        var sum = parameters[^1];
        var weights = OutputWeights(parameters);
        for (var j = 0; j < Units; j++)
        {
            sum += activity[j] * weights[j];
        }

        return 1 / (1 + Math.Exp(-sum));
    }
}
