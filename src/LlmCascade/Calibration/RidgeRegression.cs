using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace LlmCascade.Calibration;

/// <summary>Predicts a number, or a probability, from a few others: a linear or a logistic regression whose weights are held small.</summary>
/// <remarks>
/// Immutable. Inputs are scaled to a mean of 0 and a deviation of 1 and cut off four deviations away. How small the weights are held is
/// chosen by generalised cross-validation (Golub, Heath and Wahba 1979) on the rows themselves; for probabilities on the deviance.
/// </remarks>
internal sealed class RidgeRegression
{
    /// <summary>How far from its mean an input counts, in deviations.</summary>
    public const double Cut = 4;

    private const int MostInputs = 1 << 12;
    private const int MostSteps = 30;
    private const double Settled = 1e-8;
    private const double LeastVariance = 1e-6;

    private static readonly double[] _penalties = [0.01, 0.1, 1, 3, 10, 30, 100, 300, 1000, 10_000];

    private readonly bool _isLogistic;
    private readonly double[] _means;
    private readonly double[] _scales;
    private readonly double[] _weights;
    private readonly double _intercept;

    private RidgeRegression(bool isLogistic, double[] means, double[] scales, double[] weights, double intercept)
    {
        _isLogistic = isLogistic;
        _means = means;
        _scales = scales;
        _weights = weights;
        _intercept = intercept;
    }

    /// <summary>Gets the number of inputs.</summary>
    public int Inputs => _means.Length;

    /// <summary>Fits a regression.</summary>
    /// <param name="rows">The inputs of each row, finite; at least one row.</param>
    /// <param name="targets">What is to be predicted; from 0 to 1 for a logistic one.</param>
    /// <param name="importance">How much each row counts, above 0.</param>
    /// <param name="isLogistic">Whether a probability is predicted.</param>
    public static RidgeRegression Fit(IReadOnlyList<double[]> rows, ReadOnlySpan<double> targets, ReadOnlySpan<double> importance, bool isLogistic)
    {
        var count = rows[0].Length;
        var total = TensorPrimitives.Sum(importance);
        var means = new double[count];
        var scales = new double[count];
        for (var j = 0; j < count; j++)
        {
            double sum = 0, squares = 0;
            for (var i = 0; i < rows.Count; i++)
            {
                sum += importance[i] * rows[i][j];
            }

            means[j] = sum / total;
            for (var i = 0; i < rows.Count; i++)
            {
                squares += importance[i] * Square(rows[i][j] - means[j]);
            }

            // What is always the same says nothing.
            scales[j] = squares / total > LeastVariance * (1 + Square(means[j])) ? Math.Sqrt(total / squares) : 0;
        }

        // The last column is the intercept's.
        var scaled = rows.Select(row => Scale(row, means, scales, [.. new double[count], 1])).ToArray();
        var linear = isLogistic ? null : NormalEquations.At(new double[count + 1], scaled, targets, importance, isLogistic);
        var best = (Score: double.PositiveInfinity, Weights: new double[count + 1]);
        foreach (var penalty in _penalties)
        {
            var fit = FitWith(penalty, scaled, targets, importance, isLogistic, linear);
            best = fit.Score < best.Score ? fit : best;
        }

        return new RidgeRegression(isLogistic, means, scales, best.Weights[..^1], best.Weights[^1]);
    }

    /// <summary>Predicts.</summary>
    /// <exception cref="ArgumentException">The number of inputs is another.</exception>
    public double Predict(ReadOnlySpan<double> row)
    {
        if (row.Length != Inputs)
        {
            throw new ArgumentException($"The regression has {Inputs} inputs and {row.Length} values are given.", nameof(row));
        }

        return Link(_intercept + TensorPrimitives.Dot<double>(Scale(row, _means, _scales, new double[Inputs]), _weights), _isLogistic);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_isLogistic);
        writer.Write(Inputs);
        foreach (var value in (double[])[.. _means, .. _scales, .. _weights, _intercept])
        {
            writer.Write(value);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no regression.</exception>
    public static RidgeRegression Read(BinaryReader reader)
    {
        var isLogistic = reader.ReadBoolean();
        var count = reader.ReadInt32();
        if (count is < 1 or > MostInputs)
        {
            throw new InvalidDataException($"No regression has {count} inputs.");
        }

        var values = new double[(3 * count) + 1];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = reader.ReadDouble();
        }

        return TensorPrimitives.IsFiniteAll<double>(values)
            ? new RidgeRegression(isLogistic, values[..count], values[count..(2 * count)], values[(2 * count)..^1], values[^1])
            : throw new InvalidDataException("A number of the regression is not finite.");
    }

    // Newton's steps, of which a linear regression needs one; the score is how badly rows that were left out would be predicted.
    private static (double Score, double[] Weights) FitWith(
        double penalty, double[][] rows, ReadOnlySpan<double> targets, ReadOnlySpan<double> importance, bool isLogistic, NormalEquations? linear)
    {
        var weights = new double[rows[0].Length];
        var equations = linear;
        var factor = default(Cholesky);
        for (var step = 0; step < (isLogistic ? MostSteps : 1); step++)
        {
            equations = linear ?? NormalEquations.At(weights, rows, targets, importance, isLogistic);
            factor = Cholesky.Of(equations.Penalised(penalty));
            var change = factor.Solve(equations.Slope(weights, penalty));
            TensorPrimitives.Add(weights, change, weights);
            if (TensorPrimitives.MaxMagnitude<double>(change) is > -Settled and < Settled)
            {
                break;
            }
        }

        var loss = 0.0;
        for (var i = 0; i < rows.Length; i++)
        {
            loss += importance[i] * Loss(targets[i], Link(TensorPrimitives.Dot<double>(rows[i], weights), isLogistic), isLogistic);
        }

        var left = rows.Length - Math.Min(factor.TraceOfSolved(equations!.Curvature), rows.Length - 0.5);
        return (loss * rows.Length / Square(left), weights);
    }

    private static double[] Scale(ReadOnlySpan<double> row, double[] means, double[] scales, double[] scaled)
    {
        for (var j = 0; j < means.Length; j++)
        {
            scaled[j] = Math.Clamp((row[j] - means[j]) * scales[j], -Cut, Cut);
        }

        return scaled;
    }

    private static double Link(double value, bool isLogistic) => isLogistic ? 1 / (1 + Math.Exp(-value)) : value;

    private static double Loss(double target, double predicted, bool isLogistic)
    {
        if (!isLogistic)
        {
            return Square(target - predicted);
        }

        var sure = Math.Clamp(predicted, Settled, 1 - Settled);
        return -2 * ((target * Math.Log(sure)) + ((1 - target) * Math.Log(1 - sure)));
    }

    private static double Square(double value) => value * value;

    // What one of Newton's steps solves: how the loss bends and falls at some weights, the intercept's last.
    private sealed record NormalEquations(double[,] Curvature, double[] Fall)
    {
        public static NormalEquations At(
            double[] weights, double[][] rows, ReadOnlySpan<double> targets, ReadOnlySpan<double> importance, bool isLogistic)
        {
            var count = weights.Length;
            var (curvature, fall) = (new double[count, count], new double[count]);
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                var predicted = Link(TensorPrimitives.Dot<double>(row, weights), isLogistic);
                var bend = importance[i] * (isLogistic ? Math.Max(predicted * (1 - predicted), Settled) : 1);
                TensorPrimitives.MultiplyAdd(row, importance[i] * (targets[i] - predicted), fall, fall);
                for (var j = 0; j < count; j++)
                {
                    var line = MemoryMarshal.CreateSpan(ref curvature[j, 0], j + 1);
                    TensorPrimitives.MultiplyAdd(row.AsSpan(0, j + 1), bend * row[j], line, line);
                }
            }

            return new(curvature, fall);
        }

        public double[,] Penalised(double penalty)
        {
            var penalised = (double[,])Curvature.Clone();
            for (var j = 0; j < Fall.Length; j++)
            {
                penalised[j, j] += OwnOf(j, penalty);
            }

            return penalised;
        }

        public double[] Slope(double[] weights, double penalty) => [.. Fall.Select((fall, j) => fall - (OwnOf(j, penalty) * weights[j]))];

        // The intercept is hardly held.
        private double OwnOf(int j, double penalty) => j == Fall.Length - 1 ? Settled : penalty;
    }
}
