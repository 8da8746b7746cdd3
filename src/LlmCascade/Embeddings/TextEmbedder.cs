using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.AI;

namespace LlmCascade.Embeddings;

/// <summary>Embeds texts, each once while it is remembered: a request's text is looked at when it is answered and when it is learned, by one student or several.</summary>
internal sealed class TextEmbedder
{
    private const int Remembered = 1024;
    private const int BatchSize = 64;

    // Whoever uses one generator shares what was embedded.
    private static readonly ConditionalWeakTable<IEmbeddingGenerator<string, Embedding<float>>, TextEmbedder> _shared = [];

    private readonly IEmbeddingGenerator<string, Embedding<float>> _generator;

    // By the hash of the text, which may be long and is not ours to keep.
    private readonly ConcurrentDictionary<UInt128, float[]> _embeddings = new();
    private readonly ConcurrentQueue<UInt128> _order = new();

    private TextEmbedder(IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        _generator = generator;
        var metadata = generator.GetService<EmbeddingGeneratorMetadata>();
        Model = metadata is { DefaultModelId: null, DefaultModelDimensions: null } or null ? "" : $"{metadata.DefaultModelId} ({metadata.DefaultModelDimensions})";
    }

    /// <summary>Gets what the generator says of its model and dimensions; empty where it says nothing.</summary>
    public string Model { get; }

    public static TextEmbedder Of(IEmbeddingGenerator<string, Embedding<float>> generator) =>
        _shared.GetValue(generator, static generator => new TextEmbedder(generator));

    /// <summary>Embeds a text.</summary>
    /// <returns>The embedding, scaled to a length of 1; nobody may change it.</returns>
    /// <exception cref="InvalidOperationException">The generator gave none, or one that is not finite.</exception>
    public async ValueTask<float[]> EmbedAsync(string text, CancellationToken cancellationToken)
    {
        var key = KeyOf(text);
        if (_embeddings.TryGetValue(key, out var known))
        {
            return known;
        }

        var embedding = (await GenerateAsync([text], cancellationToken).ConfigureAwait(false))[0];
        Remember(key, embedding);
        return embedding;
    }

    /// <summary>Embeds many texts, those that are not remembered in batches. They are not remembered afterwards.</summary>
    /// <returns>The embeddings in the order of the texts, each as <see cref="EmbedAsync(string, CancellationToken)"/> gives it.</returns>
    /// <exception cref="InvalidOperationException">The generator gave none, or one that is not finite.</exception>
    public async ValueTask<float[][]> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        float[]?[] embeddings = [.. texts.Select(text => _embeddings.GetValueOrDefault(KeyOf(text)))];
        var unknown = Enumerable.Range(0, texts.Count).Where(i => embeddings[i] is null);
        foreach (var batch in unknown.Chunk(BatchSize))
        {
            var given = await GenerateAsync(Array.ConvertAll(batch, i => texts[i]), cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < batch.Length; i++)
            {
                embeddings[batch[i]] = given[i];
            }
        }

        return embeddings!;
    }

    private async Task<float[][]> GenerateAsync(string[] texts, CancellationToken cancellationToken)
    {
        var given = await _generator.GenerateAsync(texts, cancellationToken: cancellationToken).ConfigureAwait(false);
        return given?.Count == texts.Length && !given.Contains(null!)
            ? [.. given.Select(each => Normalized(each.Vector.ToArray()))]
            : throw new InvalidOperationException($"The embedding generator gave {given?.Count(each => each is not null) ?? 0} embeddings for {texts.Length} texts.");
    }

    private static float[] Normalized(float[] embedding)
    {
        // Squares of very small and very large numbers leave the range of single precision.
        const float Smallest = 1e-30f;
        if (embedding.Length == 0 || !Array.TrueForAll(embedding, float.IsFinite))
        {
            throw new InvalidOperationException($"The embedding generator gave an embedding of {embedding.Length} numbers, not all of which are finite.");
        }

        var square = Dense.Dot(embedding, embedding);
        if (!float.IsFinite(square) || square < Smallest)
        {
            var length = Math.Sqrt(embedding.Sum(each => (double)each * each));
            return length > 0 ? Array.ConvertAll(embedding, each => (float)(each / length)) : embedding;
        }

        var scale = 1 / MathF.Sqrt(square);
        for (var i = 0; i < embedding.Length; i++)
        {
            embedding[i] *= scale;
        }

        return embedding;
    }

    private static UInt128 KeyOf(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private void Remember(UInt128 key, float[] embedding)
    {
        if (!_embeddings.TryAdd(key, embedding))
        {
            return;
        }

        _order.Enqueue(key);
        while (_embeddings.Count > Remembered && _order.TryDequeue(out var oldest))
        {
            _embeddings.TryRemove(oldest, out _);
        }
    }
}
