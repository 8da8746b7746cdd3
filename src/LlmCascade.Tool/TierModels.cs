using System.Collections.Concurrent;
using System.Security.Cryptography;
using LlmCascade.Evaluation;
using LlmCascade.Students;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tool;

/// <summary>The models that tiers of one replay look at texts with.</summary>
internal sealed class TierModels : IDisposable
{
    private EmbeddingMemory? _embeddings;
    private string? _fingerprint;

    /// <summary>Loads a model, once.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="maxTokens">How many tokens of a text it reads; by default what its folder says.</param>
    public IEmbeddingGenerator<string, Embedding<float>> EmbeddingsOf(string folder, int? maxTokens) =>
        _embeddings ??= new EmbeddingMemory(new OnnxEmbeddingGenerator(folder, new OnnxEmbeddingOptions { MaxTokens = maxTokens }));

    /// <summary>Tells a model apart from others, by all of its files and by the encoders that read them.</summary>
    public string FingerprintOf(string folder)
    {
        if (_fingerprint is null)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(typeof(OnnxEmbeddingGenerator).Module.ModuleVersionId.ToByteArray());
            hash.AppendData(typeof(BertOptions).Module.ModuleVersionId.ToByteArray());
            foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                using var stream = File.OpenRead(file);
                hash.AppendData(SHA256.HashData(stream));
            }

            _fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
        }

        return _fingerprint;
    }

    /// <summary>Makes a tier's student once, so that a model that cannot be loaded is told before the first run.</summary>
    /// <exception cref="ArgumentException">It cannot be made on this machine.</exception>
    public static void Try(ReplayTier tier, LabelSpace labels)
    {
        var options = new StudentOptions();
        tier.Configure?.Invoke(options);
        try
        {
            (options.Create?.Invoke(labels, 0) as IDisposable)?.Dispose();
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException($"The tier {tier.Name} cannot be made: {e.Message}", e);
        }
    }

    public void Dispose() => _embeddings?.Dispose();

    // Every run looks at the same texts.
    private sealed class EmbeddingMemory(IEmbeddingGenerator<string, Embedding<float>> inner) : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
    {
        private readonly ConcurrentDictionary<string, Embedding<float>> _known = new(StringComparer.Ordinal);

        public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            var embeddings = new GeneratedEmbeddings<Embedding<float>>();
            foreach (var text in values)
            {
                if (!_known.TryGetValue(text, out var embedding))
                {
                    embedding = (await base.GenerateAsync([text], options, cancellationToken))[0];
                    _known.TryAdd(text, embedding);
                }

                embeddings.Add(embedding);
            }

            return embeddings;
        }
    }
}
