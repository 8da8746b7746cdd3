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
    public static IAgreementMeasure SameConclusion { get; } = new PairMeasure("conclusion-v1", AnswerComparison.OfConclusions);

    /// <summary>Gets the measure of quantities: whether both answers speak of the same numbers, dates and amounts, however they write them.</summary>
    /// <value>
    /// Numbers also in English words, percentages, money, lengths, masses, times and other common units, and dates. A number without a unit is
    /// the same as with one. Where both have an explicit conclusion with quantities, those decide; otherwise they are the same where one
    /// answer says nothing that the other does not, and different where both have 60 words at most. It cannot tell where one says none.
    /// </value>
    public static IAgreementMeasure SameQuantities { get; } = new PairMeasure("quantities-v1", AnswerComparison.OfQuantities);

    /// <summary>Gets the measure of JSON: whether both answers, or their only fenced block, are the same object or array.</summary>
    /// <value>The order of properties makes no difference, and numbers count by their value. It cannot tell where one is no JSON.</value>
    public static IAgreementMeasure SameJson { get; } = new PairMeasure("json-v1", AnswerComparison.OfJson, isEquivalence: true);

    /// <summary>Gets the veto of a yes and a no: 0 where one answer begins with yes and the other with no, or where short ones have nearly the same words and one denies them.</summary>
    /// <value>It says nothing else, and knows English, German, French, Spanish, Italian, Chinese and Japanese words.</value>
    public static IAgreementMeasure OppositePolarity { get; } = Veto("opposite-polarity-v1", static (first, second) =>
        Polarity.AreYesAndNo(first, second) || Polarity.AreDenied(first, second));

    /// <summary>Gets the veto of quantities: 0 where <see cref="SameQuantities"/> says 0, and nothing else.</summary>
    public static IAgreementMeasure DifferentQuantities { get; } = Veto("different-quantities-v1", static (first, second) =>
        AnswerComparison.OfQuantities(first, second) == 0);

    /// <summary>Gets the veto of refusals: 0 where one answer refuses to give one and the other does not, and nothing else.</summary>
    public static IAgreementMeasure RefusalAgainstAnswer { get; } = Veto("refusal-v1", static (first, second) => first.IsRefusal != second.IsRefusal);

    /// <summary>Gets the default, which needs no model.</summary>
    /// <value>
    /// Where both answers have a label of the request, whether it is the same; where both are JSON, whether that is; otherwise the mean of
    /// their texts' similarity and of whether they come to the same, or the similarity alone where they have no conclusion. The
    /// similarity is the mean of <see cref="TokenF1"/>, <see cref="RougeL"/> and <see cref="CharacterNGrams"/>.
    /// </value>
    public static IAgreementMeasure Default { get; } = Compose("agreement-v1");

    // Answers that have labels say what they say by them.
    private static PairMeasure Veto(string id, Func<AnswerText, AnswerText, bool> areOpposed) => new(id, (first, second) =>
        (first.Answer.Labels is null || second.Answer.Labels is null) && areOpposed(first, second) ? 0 : null);
}
