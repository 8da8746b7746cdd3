using System.Diagnostics.CodeAnalysis;
using LlmCascade.Agreement.Measures;
using Microsoft.Extensions.AI;

namespace LlmCascade.Agreement;

/// <summary>Measures of how much two answers agree in what they say, and ways to make one of several.</summary>
/// <remarks>All give values from 0 to 1, the same in both directions, and nothing where they cannot tell. Each text is read once.</remarks>
[Experimental("LLMC005")]
public static partial class SimilarityMeasure
{
    private const int MostCharacters = 16;

    /// <summary>Gets the measure of words: the F1 of the lower-cased words that both have, each as often as it is there.</summary>
    /// <value>A word is a run of letters, digits and marks; in scripts that are written without spaces it is one letter.</value>
    public static IAgreementMeasure TokenF1 { get; } = new PairMeasure("token-f1-v1", TextSimilarity.OfWords);

    /// <summary>Gets the measure of words in their order: the F1 of the longest sequence of them that both have.</summary>
    public static IAgreementMeasure RougeL { get; } = new PairMeasure("rouge-l-v1", TextSimilarity.OfSequences);

    /// <summary>Makes the measure of pieces of texts: the F1 of the pieces of so many characters that both have, each as often as it is there.</summary>
    /// <param name="length">The number of characters, as Unicode counts them (code points), from 1 to 16.</param>
    /// <returns>The measure. Texts are lower-cased, a run of white space is one blank, and a shorter text is one piece.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is outside its range.</exception>
    public static IAgreementMeasure CharacterNGrams(int length = 3)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MostCharacters);
        return new PairMeasure($"character-{length}-grams-v1", (texts, first, second) => TextSimilarity.OfPieces(texts, first, second, length));
    }

    /// <summary>Makes the measure of meanings: the cosine of the embeddings of both answers, 0 where it is below.</summary>
    /// <param name="generator">Embeds the answers to a request in one call. It is not disposed.</param>
    /// <returns>The measure. Its id names the model and the dimensions, since the cosines of one embedder are not those of another.</returns>
    public static IAgreementMeasure Embedding(IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return new EmbeddingMeasure(generator);
    }

    /// <summary>Gets the measure of conclusions: whether both answers come to the same.</summary>
    /// <value>
    /// A conclusion is what stands behind the last explicit mark (<c>Answer:</c>, <c>####</c>, <c>\boxed{}</c>, "the answer is"), or an
    /// answer of six words at most. Two with quantities are the same where the quantities are, others where the words are. It cannot tell
    /// where an answer has none.
    /// </value>
    public static IAgreementMeasure SameConclusion { get; } = new PairMeasure("conclusion-v1", static (texts, first, second) =>
        AnswerComparison.OfConclusions(texts, first, second));

    /// <summary>Gets the measure of JSON: whether both answers, or their only fenced block, are the same object or array.</summary>
    /// <value>The order of properties makes no difference, and numbers count by their value. It cannot tell where one is no JSON.</value>
    public static IAgreementMeasure SameJson { get; } = new PairMeasure("json-v1", static (texts, first, second) =>
        AnswerComparison.OfJson(texts, first, second), isEquivalence: true);

    /// <summary>Gets the default, which needs no model.</summary>
    /// <value>
    /// Where both answers have a label of the request, whether it is the same; where both are JSON, whether that is; otherwise the mean of
    /// their texts' similarity and of whether they come to the same, or the similarity alone where they have no conclusion. The
    /// similarity is the mean of <see cref="TokenF1"/>, <see cref="RougeL"/> and <see cref="CharacterNGrams"/>.
    /// </value>
    public static IAgreementMeasure Default { get; } = Compose("agreement-v1");
}
