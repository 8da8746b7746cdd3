using System.Buffers;

namespace LlmCascade.Students;

/// <summary>What a logistic regression had learned at one moment. Immutable, for any number of threads.</summary>
internal sealed class LogisticModel
{
    private const int OnStack = 256;

    private readonly LogisticSettings _settings;
    private readonly Vocabulary _vocabulary;
    private readonly float[] _rows;
    private readonly double[] _bias;
    private readonly float _unknownSpread;
    private readonly int _known;

    /// <param name="settings">The classes and the dimension.</param>
    /// <param name="vocabulary">Numbers features. It may grow meanwhile: what is new is unknown here.</param>
    /// <param name="rows">The rows of the features known; the model owns them.</param>
    /// <param name="bias">One number per class; the model owns them.</param>
    /// <param name="unknownSpread">The spread of a feature that is not known.</param>
    public LogisticModel(LogisticSettings settings, Vocabulary vocabulary, float[] rows, double[] bias, float unknownSpread)
    {
        _settings = settings;
        _vocabulary = vocabulary;
        _rows = rows;
        _bias = bias;
        _unknownSpread = unknownSpread;
        _known = rows.Length / Rows.Stride(settings.ClassCount);
    }

    public int ClassCount => _settings.ClassCount;

    /// <summary>Gets how many demonstrations it knows.</summary>
    public int Demonstrations { get; init; }

    internal ReadOnlySpan<float> AllRows => _rows;

    internal ReadOnlySpan<double> Bias => _bias;

    internal float UnknownSpread => _unknownSpread;

    /// <summary>Gets the weights of embeddings, class after class; the model owns them.</summary>
    internal float[] Dense { get; init; } = [];

    /// <summary>Makes the same model with weights of embeddings.</summary>
    public LogisticModel With(float[] dense) => new(_settings, _vocabulary, _rows, _bias, _unknownSpread)
    {
        Demonstrations = Demonstrations,
        Dense = dense,
    };

    /// <summary>Predicts the class of a text.</summary>
    /// <param name="features">The distinct features, each below the dimension.</param>
    /// <param name="probabilities">As many as there are classes; overwritten. All are equal before anything was learned.</param>
    /// <param name="embedding">The embedding, where texts have one.</param>
    /// <exception cref="InvalidOperationException">The embedding is longer or shorter than those that it learned from.</exception>
    public void Predict(ReadOnlySpan<int> features, Span<double> probabilities, ReadOnlySpan<float> embedding = default)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, ClassCount);
        if (Dense.Length > 0 && Dense.Length != embedding.Length * ClassCount)
        {
            throw new InvalidOperationException($"The student learned from embeddings of {Dense.Length / ClassCount} numbers, and is given one of {embedding.Length}.");
        }

        int[]? rented = null;
        var known = features.Length <= OnStack ? stackalloc int[OnStack] : (rented = ArrayPool<int>.Shared.Rent(features.Length));
        var count = 0;
        foreach (var feature in features)
        {
            // A number that was given after this model was published is unknown to it.
            var number = _vocabulary.Find(feature);
            known[count] = number;
            count += (uint)number < (uint)_known ? 1 : 0;
        }

        Span<float> sum = stackalloc float[Rows.Stride(ClassCount)];
        Rows.Sum(_rows, known[..count], sum);
        if (rented is not null)
        {
            ArrayPool<int>.Shared.Return(rented);
        }

        var spread = sum[Rows.Spread] + ((features.Length - count) * _unknownSpread);
        var scale = spread > 0 ? Math.Sqrt(1 / spread) : 0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = (sum[Rows.FirstClass + i] * scale) + _bias[i];
        }

        // Nothing is known of embeddings before something was learned.
        for (var i = 0; i < probabilities.Length && Dense.Length > 0; i++)
        {
            probabilities[i] += _settings.EmbeddingScale * Embeddings.Dense.Dot(Dense.AsSpan(i * embedding.Length, embedding.Length), embedding);
        }

        StableMath.Softmax(probabilities);
    }
}
