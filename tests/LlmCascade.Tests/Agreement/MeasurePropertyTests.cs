using CsCheck;
using LlmCascade.Agreement;
using LlmCascade.Embeddings;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class MeasurePropertyTests
{
    private static readonly HashedEmbeddingGenerator _embeddings = new();

    private static readonly IAgreementMeasure[] _measures =
    [
        SimilarityMeasure.TokenF1, SimilarityMeasure.RougeL, SimilarityMeasure.CharacterNGrams(), SimilarityMeasure.CharacterNGrams(1), SimilarityMeasure.CharacterNGrams(5),
        SimilarityMeasure.Embedding(_embeddings), SimilarityMeasure.SameConclusion, SimilarityMeasure.SameQuantities, SimilarityMeasure.SameJson,
        SimilarityMeasure.OppositePolarity, SimilarityMeasure.DifferentQuantities, SimilarityMeasure.RefusalAgainstAnswer, SimilarityMeasure.Default,
        SimilarityMeasure.Semantic(_embeddings),
    ];

    // What measures look for, cut and put together as nobody would.
    private static readonly string[] _scraps =
    [
        "the", "answer is", "Answer:", "A:", "####", @"\boxed{", "}", "{", "[", "]", "\"", "```", "yes", "No", "not", "n't", "ne", "pas", "不", "是", "ない", "I'm sorry", ", but I can't help",
        "one", "hundred", "and", "thousand", "twenty", "3", "March", "2024", "-", "/", ".", ",", ":", "%", "$", "€", "km", "°", "per cent", "am", "年", "月", "日", "５", "½", "=", "1.", "1)",
        "\n", " ", "\t", "\0", "\ud83d", "\ude00", "👍", "e\u0301", "\u0301", "ｱ", "ก็", "79228162514264337593543950335", "1e9", "\u202f", "İ", "ß", "ﬁ",
    ];

    private static readonly Gen<string> _text = Gen.OneOf(
        Gen.String[Gen.Char, 0, 40],
        Gen.String[Gen.Char.AlphaNumeric, 0, 40],
        Gen.OneOfConst(_scraps).Array[0, 25].Select(scraps => string.Concat(scraps)),
        Gen.OneOfConst(_scraps).Array[0, 25].Select(scraps => string.Join(' ', scraps)));

    [Fact]
    public void No_text_is_too_strange_and_the_order_makes_no_difference() => Gen.Select(_text, _text, _text).Sample((first, second, third) =>
    {
        foreach (var measure in _measures)
        {
            var matrix = Measure(measure, first, second, third);
            var reversed = Measure(measure, third, second, first);
            Assert.Equal((matrix[0, 1], matrix[0, 2], matrix[1, 2]), (reversed[2, 1], reversed[2, 0], reversed[1, 0]));
        }
    });

    [Fact]
    public void A_text_is_the_same_as_itself() => _text.Where(text => text.Length > 0).Sample(text =>
    {
        foreach (var measure in _measures)
        {
            Assert.True(Measure(measure, text, text)[0, 1] is null or 1, measure.Id);
        }

        if (!string.IsNullOrWhiteSpace(text))
        {
            Assert.Equal(1, Measure(SimilarityMeasure.Default, text, text)[0, 1]);
            Assert.Equal(1, Measure(SimilarityMeasure.Semantic(_embeddings), text, text)[0, 1]);
        }
    });

    [Fact]
    public void What_a_measure_says_of_two_does_not_depend_on_the_others() => Gen.Select(_text, _text, _text).Sample((first, second, third) =>
    {
        foreach (var measure in _measures)
        {
            Assert.Equal(Measure(measure, first, second)[0, 1], Measure(measure, first, second, third)[0, 1]);
        }
    });

    [Fact]
    public async Task Measures_may_be_used_by_many_at_once()
    {
        string[] texts = ["The answer is 5 km.", "It takes 90 minutes to get there.", """{"a":1}""", "I can't help with that."];
        var expected = _measures.Select(measure => Values(Measure(measure, texts))).ToList();

        await Parallel.ForAsync(0, 200, (i, _) =>
        {
            Assert.Equal(expected[i % _measures.Length], Values(Measure(_measures[i % _measures.Length], texts)));
            return default;
        });
    }

    private static List<double?> Values(AgreementMatrix matrix) =>
        [.. Enumerable.Range(0, matrix.Count * matrix.Count).Select(i => matrix[i / matrix.Count, i % matrix.Count])];

    // None of them waits for anybody here.
    private static AgreementMatrix Measure(IAgreementMeasure measure, params string[] texts)
    {
        var measuring = measure.MeasureAsync(Pair.Request, [.. texts.Select(Pair.Answer)]);
        Assert.True(measuring.IsCompleted);
        return measuring.GetAwaiter().GetResult();
    }
}
