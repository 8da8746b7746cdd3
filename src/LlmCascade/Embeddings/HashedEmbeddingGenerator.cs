using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace LlmCascade.Embeddings;

/// <summary>Embeds texts by their words and pieces of words, without a model: texts that share many of them are similar.</summary>
/// <remarks>
/// <para>
/// It knows nothing about meaning: of two wordings without a word in common it sees no similarity. Where that matters, a
/// sentence encoder is better; <c>OnnxEmbeddingGenerator</c> in LlmCascade.OnnxRuntime runs one in this process.
/// </para>
/// <para>
/// Every distinct word, pair of neighbouring words and, in texts of at most 300 characters, piece of a word of three to five
/// characters adds 1 or -1 to one of the dimensions that its hash selects (Weinberger and others 2009, "Feature hashing for
/// large scale multitask learning"). The same text has the same embedding on every machine. Embeddings have length 1, but
/// for a text without words, whose embedding is zero. Thread-safe; disposing it does nothing.
/// </para>
/// </remarks>
public sealed class HashedEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int DefaultDimensions = 384;
    private const int MostDimensions = 65_536;
    private const int Bits = 24;

    private static readonly HashedFeatures _features = new(Bits, characterNGrams: true, seed: 1);

    private readonly int _dimensions;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Initializes a generator.</summary>
    /// <param name="dimensions">How many numbers an embedding has, from 16 to 65,536. More of them confuse fewer words.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimensions"/> is outside that range.</exception>
    public HashedEmbeddingGenerator(int dimensions = DefaultDimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MostDimensions);
        _dimensions = dimensions;
        _metadata = new EmbeddingGeneratorMetadata("LlmCascade", defaultModelId: "llmcascade-hashed-1", defaultModelDimensions: dimensions);
    }

    /// <summary>Gets one of the default dimensions.</summary>
    internal static HashedEmbeddingGenerator Shared { get; } = new();

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Other dimensions are asked for.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } wanted && wanted != _dimensions)
        {
            throw new ArgumentException($"Embeddings of {wanted} dimensions were asked for, and these have {_dimensions}.", nameof(options));
        }

        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        foreach (var text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            embeddings.Add(new Embedding<float>(Embed(text)) { ModelId = _metadata.DefaultModelId });
        }

        return Task.FromResult(embeddings);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private float[] Embed(string text)
    {
        var embedding = new float[_dimensions];
        using var features = _features.Extract(text);
        foreach (var index in features.Indices)
        {
            // The high bits choose the dimension, the lowest one the sign.
            embedding[(int)(((long)index * _dimensions) >> Bits)] += (index & 1) == 0 ? 1 : -1;
        }

        var norm = TensorPrimitives.Norm<float>(embedding);
        if (norm > 0)
        {
            TensorPrimitives.Divide(embedding, norm, embedding);
        }

        return embedding;
    }
}
