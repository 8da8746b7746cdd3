using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Embeddings;
using Microsoft.Extensions.AI;

namespace LlmCascade.Evaluation;

/// <summary>The measures of agreement by the names that a user types.</summary>
internal static class AgreementMeasures
{
    public const string TokenF1 = "token-f1";
    public const string RougeL = "rouge-l";
    public const string Characters = "chars";
    public const string Cosine = "cosine";
    public const string Number = "number";
    public const string Label = "label";
    public const string Composite = "composite";

    // An answer that was recorded as a text is a label by its words.
    private static readonly IAgreementMeasure _label =
        AgreementMeasure.FirstThatTells("label-or-text-v1", AgreementMeasure.SameLabel, AgreementMeasure.SameText);

    public static IReadOnlyList<string> Names { get; } = [TokenF1, RougeL, Characters, Cosine, Number, Label, Composite];

    /// <summary>Finds a measure.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="embedder">What embeds texts; <see langword="null"/> for the managed embedding of words.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static IAgreementMeasure Of(string name, IEmbeddingGenerator<string, Embedding<float>>? embedder) => name switch
    {
        TokenF1 => SimilarityMeasure.TokenF1,
        RougeL => SimilarityMeasure.RougeL,
        Characters => SimilarityMeasure.CharacterNGrams(),
        Cosine => SimilarityMeasure.Embedding(embedder ?? HashedEmbeddingGenerator.Shared),
        Number => SimilarityMeasure.SameConclusion,
        Label => _label,
        Composite => SimilarityMeasure.Semantic(embedder ?? HashedEmbeddingGenerator.Shared),
        _ => throw new ArgumentException($"There is no measure '{name}'; there are {string.Join(", ", Names)}."),
    };
}
