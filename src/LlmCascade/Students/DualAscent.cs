namespace LlmCascade.Students;

/// <summary>Fits a softmax regression with a Gaussian prior, one demonstration at a time, by ascent in its dual.</summary>
/// <remarks>
/// The optimum is unique, every step raises the dual objective by as much as its direction allows, and there is no learning
/// rate. The weights are Σ variance · strength · (label − estimate) over the demonstrations, so that estimates are all that
/// has to be remembered of a fit. Shalev-Shwartz and Zhang, Stochastic Dual Coordinate Ascent (2013).
/// </remarks>
internal sealed class DualAscent
{
    // The intercept is a feature that every text has, of the size of a whole text.
    private const double BiasReach = 1;
    private const double LeastProbability = 1e-12;

    // Who is this close to what the weights say is left alone.
    private const double Settled = 1e-7;
    private const int Iterations = 6;

    private readonly double _embeddingScale;
    private readonly double[] _scores;
    private readonly double[] _probabilities;
    private readonly double[] _direction;
    private readonly float[] _row;

    /// <param name="classCount">The classes.</param>
    /// <param name="embeddingScale">What embeddings are multiplied by.</param>
    public DualAscent(int classCount, double embeddingScale)
    {
        _embeddingScale = embeddingScale;
        _scores = new double[classCount];
        _probabilities = new double[classCount];
        _direction = new double[classCount];
        _row = new float[Rows.Stride(classCount)];
        Bias = new double[classCount];
    }

    /// <summary>Gets the weights of embeddings, class after class.</summary>
    public float[] Dense { get; private set; } = [];

    /// <summary>Forgets all weights.</summary>
    /// <param name="dimensions">How long embeddings are.</param>
    public void Clear(int dimensions)
    {
        Bias.AsSpan().Clear();
        Dense = new float[dimensions * Bias.Length];
    }

    /// <summary>Gets the intercepts.</summary>
    public double[] Bias { get; }

    /// <summary>Adds what the estimate of a demonstration says to the weights, which know nothing of it yet.</summary>
    public void Enter(LearnedText text, double strength, Span<float> rows, ReadOnlySpan<float> variances)
    {
        Measure(text, variances);
        for (var i = 0; i < _direction.Length; i++)
        {
            _direction[i] = strength * ((i == text.Label ? 1 : 0) - text.Estimate[i]);
        }

        Move(text, rows, variances);
    }

    /// <summary>Brings the estimate of a demonstration closer to what the weights say, and the weights with it.</summary>
    public void Step(LearnedText text, double strength, Span<float> rows, ReadOnlySpan<float> variances)
    {
        Rows.Sum(rows, text.Features, _row);
        for (var i = 0; i < _scores.Length; i++)
        {
            _probabilities[i] = _scores[i] = (_row[Rows.FirstClass + i] * text.Scale) + (_embeddingScale * DotWith(text.Embedding, i)) + Bias[i];
        }

        StableMath.Softmax(_probabilities);
        var (slope, curvature, distance) = (0.0, 0.0, 0.0);
        for (var i = 0; i < _scores.Length; i++)
        {
            var difference = _direction[i] = _probabilities[i] - text.Estimate[i];
            distance += difference * difference;
            slope += difference * _scores[i];
            curvature += strength * difference * difference * (text.Reach[i] + BiasReach);
        }

        if (distance < Settled)
        {
            return;
        }

        var length = FindLength(text.Estimate, slope, curvature);
        for (var i = 0; i < _direction.Length; i++)
        {
            text.Estimate[i] += length * _direction[i];
            _direction[i] *= -length * strength;
        }

        Move(text, rows, variances);
    }

    // Where the objective along the direction is highest, between 0 and 1: Newton, kept inside of what is left of the interval.
    private double FindLength(ReadOnlySpan<double> estimate, double slope, double curvature)
    {
        var (low, high, length) = (0.0, 1.0, 1 / (1 + curvature));
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var (rise, bend) = (slope - (length * curvature), -curvature);
            for (var i = 0; i < estimate.Length; i++)
            {
                var value = Math.Max(estimate[i] + (length * _direction[i]), LeastProbability);
                rise -= _direction[i] * StableMath.Log(value);
                bend -= _direction[i] * _direction[i] / value;
            }

            (low, high) = rise > 0 ? (length, high) : (low, length);
            var next = length - (rise / bend);
            next = next > low && next < high ? next : (low + high) / 2;
            if (Math.Abs(next - length) < 0.01 * length)
            {
                return next;
            }

            length = next;
        }

        return length;
    }

    private void Move(LearnedText text, Span<float> rows, ReadOnlySpan<float> variances)
    {
        _row[Rows.Spread] = 0;
        for (var i = 0; i < _direction.Length; i++)
        {
            _row[Rows.FirstClass + i] = (float)(_direction[i] * text.Scale);
            Bias[i] += BiasReach * _direction[i];
            Embeddings.Dense.Add(WeightsOf(i, text.Embedding.Length), text.Embedding, (float)(_embeddingScale * _direction[i]));
        }

        Rows.Add(rows, variances, text.Features, _row);
    }

    // The prior variance of a score is 1, averaged over the classes, however long the text.
    private void Measure(LearnedText text, ReadOnlySpan<float> variances)
    {
        Rows.Sum(variances, text.Features, _row);
        var total = 0.0;
        for (var i = 0; i < _scores.Length; i++)
        {
            total += _row[Rows.FirstClass + i];
        }

        var square = total > 0 ? _scores.Length / total : 0;
        var reach = _embeddingScale * _embeddingScale * Embeddings.Dense.Dot(text.Embedding, text.Embedding);
        text.Scale = Math.Sqrt(square);
        text.Reach = text.Reach.Length == _scores.Length ? text.Reach : new double[_scores.Length];
        for (var i = 0; i < _scores.Length; i++)
        {
            text.Reach[i] = (_row[Rows.FirstClass + i] * square) + reach;
        }
    }

    private float DotWith(float[] embedding, int label) => Embeddings.Dense.Dot(WeightsOf(label, embedding.Length), embedding);

    private Span<float> WeightsOf(int label, int dimensions) => Dense.AsSpan(label * dimensions, dimensions);
}
