using LlmCascade.Calibration;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Students;

/// <summary>Embeds texts that end with a number: numbers divisible by three lie close together, and so do the others.</summary>
internal sealed class NumberEmbeddings(int dimensions = 12) : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>Gets the texts that were embedded.</summary>
    public List<string> Texts { get; } = [];

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<string> texts = [.. values];
        Texts.AddRange(texts);
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(texts.Select(text => new Embedding<float>(Embed(text)))));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private float[] Embed(string text)
    {
        var number = int.Parse(text[(text.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        var random = new SplitMix((ulong)number);
        var embedding = new float[dimensions];
        foreach (ref var each in embedding.AsSpan())
        {
            each = (float)(random.NextDouble() - 0.5);
        }

        embedding[0] += number % 3 == 0 ? 1 : -1;
        return embedding;
    }
}
