using LlmCascade.Embeddings;
using Microsoft.Extensions.AI;

namespace LlmCascade.Agreement.Measures;

/// <summary>The cosine of the embeddings of two answers; 0 where it is below.</summary>
internal sealed class EmbeddingMeasure : IAgreementMeasure
{
    private readonly TextEmbedder _embedder;

    public EmbeddingMeasure(IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        _embedder = TextEmbedder.Of(generator);
        Id = $"cosine-v1 ({(_embedder.Model is "" ? $"unnamed {generator.GetType().Name}" : _embedder.Model)})";
    }

    public string Id { get; }

    public async ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answers);
        using var texts = AnswerTexts.Of(answers);

        // Each text once, and none that is blank, which some generators refuse.
        List<string> distinct = [];
        var places = new int[texts.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var text = texts.Answer(i).Text;
            places[i] = string.IsNullOrWhiteSpace(text) ? -1 : distinct.IndexOf(text);
            if (places[i] < 0 && !string.IsNullOrWhiteSpace(text))
            {
                places[i] = distinct.Count;
                distinct.Add(text);
            }
        }

        var embeddings = distinct.Count > 1 ? await _embedder.EmbedAsync(distinct, cancellationToken).ConfigureAwait(false) : [];
        var matrix = new AgreementMatrix(places.Length);
        for (var second = 1; second < places.Length; second++)
        {
            for (var first = 0; first < second; first++)
            {
                matrix[first, second] = Compare(embeddings, places[first], places[second]);
            }
        }

        return matrix;
    }

    private static double? Compare(float[][] embeddings, int first, int second)
    {
        if (first < 0 || second < 0)
        {
            return first == second ? null : 0;
        }

        if (first == second)
        {
            return 1;
        }

        var (one, other) = (embeddings[first], embeddings[second]);
        return one.Length == other.Length
            ? Math.Clamp((double)Dense.Dot(one, other), 0, 1)
            : throw new InvalidOperationException($"The embedding generator gave embeddings of {one.Length} and of {other.Length} numbers.");
    }
}
