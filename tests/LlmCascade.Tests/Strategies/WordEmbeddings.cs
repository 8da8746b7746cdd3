using LlmCascade.Embeddings;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Strategies;

/// <summary>Another model than the hashed one: its numbers in another order. It counts the texts that it embeds.</summary>
internal sealed class WordEmbeddings(int dimensions = 384) : DelegatingEmbeddingGenerator<string, Embedding<float>>(new HashedEmbeddingGenerator(dimensions))
{
    private int _texts;

    public int Texts => _texts;

    public Exception? Failure { get; set; }

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        var given = await base.GenerateAsync(values, options, cancellationToken);
        Interlocked.Add(ref _texts, given.Count);
        return [.. given.Select(each => new Embedding<float>(each.Vector.ToArray().Reverse().ToArray()))];
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("test", defaultModelId: "reversed", defaultModelDimensions: dimensions) : null;
}
