using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics.Tensors;

namespace LlmCascade.Calibration;

/// <summary>Learns on line to turn evidence about an answer into a probability: a small network and Adam.</summary>
/// <remarks>
/// <para>
/// One writer learns: <see cref="Forward"/>, then <see cref="Backward"/> with the derivative of each loss, as often as
/// there are losses and answers, then <see cref="Step"/>, which publishes a new network. <see cref="Predict"/> is for
/// everybody: it asks the network that was published last, and never waits.
/// </para>
/// <para>The same seed and the same lessons give the same network, and one that was written and read goes on as if it never had been.</para>
/// </remarks>
internal sealed class MlpCalibrator
{
    // More than anybody has; a file that says so is broken.
    private const int MostInputs = 1 << 16;

    private readonly double _learningRate;
    private readonly Adam _adam;
    private readonly MlpNetwork _network;
    private readonly double[] _gradient;
    private readonly double[] _values;
    private readonly double[] _activity = new double[MlpNetwork.Units];
    private readonly double[] _blame = new double[MlpNetwork.Units];
    private double _output = double.NaN;
    private volatile MlpNetwork _published;

    /// <summary>Initializes an untrained calibrator.</summary>
    /// <param name="inputs">The number of inputs, at least 1.</param>
    /// <param name="learningRate">The learning rate of Adam, above 0.</param>
    /// <param name="seed">What the first parameters are drawn from.</param>
    /// <exception cref="ArgumentException">A number is outside its range.</exception>
    public MlpCalibrator(int inputs, double learningRate, ulong seed)
    {
        if (!IsPossible(inputs, learningRate))
        {
            throw new ArgumentException(Impossible(inputs, learningRate));
        }

        _learningRate = learningRate;
        var parameters = Draw(inputs, new SplitMix(seed));
        _adam = new Adam(parameters.Length, learningRate);
        _network = new MlpNetwork(inputs, parameters);
        _gradient = new double[parameters.Length];
        _values = new double[inputs];
        Publish();
    }

    /// <summary>Gets the network that was published last, for several answers out of one state.</summary>
    public MlpNetwork Published => _published;

    /// <summary>Gets the writer's parameters.</summary>
    public Span<double> Parameters => _network.Parameters;

    /// <summary>Gets the writer's gradient since the last step.</summary>
    public ReadOnlySpan<double> Gradient => _gradient;

    /// <summary>Answers from the network that was published last; thread-safe.</summary>
    /// <param name="values">The inputs.</param>
    /// <returns>A probability; not a number where an input is none.</returns>
    /// <exception cref="ArgumentException">The number of inputs is another.</exception>
    public double Predict(ReadOnlySpan<double> values) => _published.Predict(values);

    /// <summary>Answers from the writer's network, and remembers what <see cref="Backward"/> needs.</summary>
    /// <param name="values">The inputs.</param>
    /// <returns>A probability.</returns>
    /// <exception cref="ArgumentException">The number of inputs is another.</exception>
    public double Forward(ReadOnlySpan<double> values)
    {
        _output = _network.Forward(values, _activity);
        values.CopyTo(_values);
        return _output;
    }

    /// <summary>Adds the gradient of one loss at the latest <see cref="Forward"/>.</summary>
    /// <param name="slope">The derivative of the loss with respect to the output.</param>
    /// <exception cref="ArgumentException">The derivative or the output is no finite number; what was learned stays as it is.</exception>
    public void Backward(double slope)
    {
        var blame = slope * _output * (1 - _output);
        if (!double.IsFinite(blame))
        {
            throw new ArgumentException($"A loss that changes by {slope} where the output is {_output} cannot be learned from.", nameof(slope));
        }

        var gradient = _gradient.AsSpan();
        var weights = MlpNetwork.OutputWeights(Parameters);
        for (var j = 0; j < MlpNetwork.Units; j++)
        {
            _blame[j] = _activity[j] > 0 ? blame * weights[j] : 0;
        }

        gradient[^1] += blame;
        Add(_activity, blame, MlpNetwork.OutputWeights(gradient));
        Add(_blame, 1, MlpNetwork.Biases(gradient));
        for (var i = 0; i < _values.Length; i++)
        {
            Add(_blame, _values[i], MlpNetwork.WeightsOf(i, gradient));
        }
    }

    /// <summary>Moves the parameters one step against the gradient, begins a new one and publishes the network.</summary>
    public void Step()
    {
        _adam.Step(Parameters, _gradient);
        Array.Clear(_gradient);
        Publish();
    }

    /// <summary>Writes what was learned, after a step: a gradient that waits for one is not written.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(_network.Inputs);
        writer.Write(_learningRate);
        foreach (var value in Parameters)
        {
            writer.Write(value);
        }

        _adam.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="version">The version of the learner whose bytes they are.</param>
    /// <exception cref="InvalidDataException">It is not the state of a calibrator.</exception>
    public static MlpCalibrator Read(BinaryReader reader, int version)
    {
        var inputs = reader.ReadInt32();
        var learningRate = reader.ReadDouble();
        if (version == 1)
        {
            // What large parameters cost: nothing, always.
            _ = reader.ReadDouble();
        }

        if (!IsPossible(inputs, learningRate))
        {
            throw new InvalidDataException(Impossible(inputs, learningRate));
        }

        var calibrator = new MlpCalibrator(inputs, learningRate, seed: 0);
        foreach (ref var parameter in calibrator.Parameters)
        {
            parameter = reader.ReadDouble();
        }

        if (!TensorPrimitives.IsFiniteAll<double>(calibrator.Parameters))
        {
            throw new InvalidDataException("A parameter of the calibrator is no finite number.");
        }

        calibrator._adam.Read(reader);
        calibrator.Publish();
        return calibrator;
    }

    [MemberNotNull(nameof(_published))]
    private void Publish() => _published = new MlpNetwork(_network.Inputs, Parameters.ToArray());

    // As wide as the root of how many values come in: a unit's sum then spreads alike for any number of them.
    private static double[] Draw(int inputs, SplitMix random)
    {
        var parameters = new double[MlpNetwork.Count(inputs)];
        var ofUnits = MlpNetwork.Units * (inputs + 1);
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i] = ((2 * random.NextDouble()) - 1) / Math.Sqrt(i < ofUnits ? inputs : MlpNetwork.Units);
        }

        return parameters;
    }

    private static bool IsPossible(int inputs, double learningRate) =>
        inputs is >= 1 and <= MostInputs
        && learningRate is > 0 and < double.PositiveInfinity;

    private static string Impossible(int inputs, double learningRate) => string.Create(
        CultureInfo.InvariantCulture,
        $"No calibrator has {inputs} inputs and a learning rate of {learningRate}: both are above 0.");

    private static void Add(ReadOnlySpan<double> values, double factor, Span<double> sum) =>
        TensorPrimitives.MultiplyAdd(values, factor, sum, sum);
}
