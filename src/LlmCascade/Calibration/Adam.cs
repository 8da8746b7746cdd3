using System.Numerics.Tensors;

namespace LlmCascade.Calibration;

/// <summary>Steps against a gradient, in a scale of its own for each parameter (Kingma and Ba, arXiv 1412.6980).</summary>
/// <remarks>Not thread-safe. Every operation is element by element, so the width of the machine's vectors changes no bit.</remarks>
internal sealed class Adam
{
    private const double MeanDecay = 0.9;
    private const double SquareDecay = 0.999;
    private const double Epsilon = 1e-8;

    private readonly double _learningRate;
    private readonly double[] _mean;
    private readonly double[] _square;
    private readonly double[] _scratch;
    private long _steps;

    /// <summary>Initializes an optimiser that has made no step.</summary>
    /// <param name="count">How many parameters it moves.</param>
    /// <param name="learningRate">About how far a parameter moves in one step, above 0.</param>
    public Adam(int count, double learningRate)
    {
        _learningRate = learningRate;
        _mean = new double[count];
        _square = new double[count];
        _scratch = new double[count];
    }

    /// <summary>Moves the parameters one step.</summary>
    public void Step(Span<double> parameters, ReadOnlySpan<double> gradient)
    {
        _steps++;
        TensorPrimitives.Multiply(_mean, MeanDecay, _mean);
        TensorPrimitives.MultiplyAdd(gradient, 1 - MeanDecay, _mean, _mean);
        TensorPrimitives.Multiply(gradient, gradient, _scratch);
        TensorPrimitives.Multiply(_square, SquareDecay, _square);
        TensorPrimitives.MultiplyAdd(_scratch, 1 - SquareDecay, _square, _square);

        // Both averages began at 0, and are scaled to what they would be without that.
        TensorPrimitives.Sqrt(_square, _scratch);
        TensorPrimitives.Multiply(_scratch, 1 / Math.Sqrt(1 - Math.Pow(SquareDecay, _steps)), _scratch);
        TensorPrimitives.Add(_scratch, Epsilon, _scratch);
        TensorPrimitives.Divide(_mean, _scratch, _scratch);
        TensorPrimitives.MultiplyAdd(_scratch, -_learningRate / (1 - Math.Pow(MeanDecay, _steps)), parameters, parameters);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_steps);
        foreach (var value in _mean)
        {
            writer.Write(value);
        }

        foreach (var value in _square)
        {
            writer.Write(value);
        }
    }

    /// <summary>Goes on from what <see cref="Write"/> wrote of an optimiser of as many parameters.</summary>
    /// <exception cref="InvalidDataException">It is not the state of an optimiser.</exception>
    public void Read(BinaryReader reader)
    {
        _steps = reader.ReadInt64();
        for (var i = 0; i < _mean.Length; i++)
        {
            _mean[i] = reader.ReadDouble();
        }

        for (var i = 0; i < _square.Length; i++)
        {
            _square[i] = reader.ReadDouble();
        }

        if (_steps < 0
            || !TensorPrimitives.IsFiniteAll<double>(_mean)
            || !Array.TrueForAll(_square, static value => value is >= 0 and < double.PositiveInfinity))
        {
            throw new InvalidDataException("The optimiser's state holds an impossible number.");
        }
    }
}
