using System.Text.Json;
using CsCheck;
using LlmCascade.Agreement;
using LlmCascade.Agreement.Measures;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class TextSimilarityTests
{
    [Fact]
    public async Task The_golden_values_are_those_of_rouge_score_and_of_a_multiset_F1()
    {
        var file = RepositoryRoot.Shared("spec/golden/text_similarity.json");
        Assert.SkipUnless(File.Exists(file), "The golden values are not on this machine (../shared/spec/golden).");
        using var golden = JsonDocument.Parse(File.ReadAllText(file));

        foreach (var pair in golden.RootElement.GetProperty("pairs").EnumerateArray())
        {
            var (first, second) = (pair.GetProperty("a").GetString()!, pair.GetProperty("b").GetString()!);
            Assert.Equal(pair.GetProperty("tokenF1").GetDouble(), (await Pair.MeasureAsync(SimilarityMeasure.TokenF1, first, second))!.Value, 9);
            Assert.Equal(
                pair.GetProperty("rougeL").GetProperty("f1").GetDouble(), (await Pair.MeasureAsync(SimilarityMeasure.RougeL, first, second))!.Value, 9);
        }
    }

    [Theory]
    [InlineData("東京は日本の首都", "首都は東京", 10.0 / 13)]
    [InlineData("ＡＢＣ １２", "abc 12", 1.0)]
    [InlineData("cafe\u0301", "CAFÉ", 1.0)]
    [InlineData("สวัสดี", "สวัส", 0.857)]
    [InlineData("한국어 문장", "한국어 단어", 0.5)]
    [InlineData("a a b", "a b b", 2.0 / 3)]
    [InlineData("", "word", 0.0)]
    [InlineData("", "", null)]
    [InlineData("👍", "👎", null)]
    [InlineData("👍", "👍", 1.0)]
    public async Task Words_are_runs_of_letters_or_letters_in_scripts_without_spaces(string first, string second, double? expected)
    {
        var measured = await Pair.MeasureAsync(SimilarityMeasure.TokenF1, first, second);

        Assert.Equal(expected is null, measured is null);
        Assert.Equal(expected ?? 0, measured ?? 0, 3);
    }

    [Theory]
    [InlineData(3, "abcd", "ABCD", 1.0)]
    [InlineData(3, "abcd", "abce", 0.5)]
    [InlineData(3, "ab", "ab", 1.0)]
    [InlineData(3, "ab", "abc", 0.0)]
    [InlineData(3, "a  b\n c ", " a b c", 1.0)]
    [InlineData(1, "aab", "abb", 2.0 / 3)]
    [InlineData(5, "abcdef", "abcdeg", 0.5)]
    [InlineData(2, "👍👎", "👍👎", 1.0)]
    [InlineData(2, "👍👎👍", "👍👎", 2.0 / 3)]
    [InlineData(3, " ", "", null)]
    [InlineData(3, "", "a", 0.0)]
    public async Task Pieces_have_so_many_characters(int length, string first, string second, double? expected) =>
        Assert.Equal(expected, await Pair.MeasureAsync(SimilarityMeasure.CharacterNGrams(length), first, second));

    [Fact]
    public void Pieces_of_no_characters_or_of_many_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SimilarityMeasure.CharacterNGrams(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SimilarityMeasure.CharacterNGrams(17));
        Assert.NotEqual(SimilarityMeasure.CharacterNGrams(3).Id, SimilarityMeasure.CharacterNGrams(4).Id);
    }

    [Fact]
    public void The_longest_common_subsequence_and_the_overlap_are_those_of_a_table() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 200], Gen.Int[0, 200]).SelectMany((words, first, second) =>
            Gen.Select(Gen.Int[0, words].Array[first], Gen.Int[0, words].Array[second])).Sample((first, second) =>
        {
            using var sequences = new TermSequences(2, expected: 1);
            foreach (var words in new[] { first, second })
            {
                Array.ForEach(words, word => sequences.Add((ulong)word << 40));
                sequences.EndText();
            }

            Assert.Equal(InTable(first, second), sequences.LongestCommonSubsequence(0, 1));
            Assert.Equal(first.Distinct().Sum(word => Math.Min(first.Count(each => each == word), second.Count(each => each == word))), sequences.Overlap(0, 1));
        });

    [Fact]
    public void Many_different_terms_have_a_number_each()
    {
        using var sequences = new TermSequences(2, expected: 1);
        for (var text = 0; text < 2; text++)
        {
            for (var i = 0UL; i < 50_000; i++)
            {
                sequences.Add(i * 0x1_0000_0001);
            }

            sequences.EndText();
        }

        Assert.Equal(50_000, sequences.Overlap(0, 1));
        Assert.Equal(Enumerable.Range(0, 50_000), sequences[1].ToArray());
    }

    private static int InTable(int[] first, int[] second)
    {
        var lengths = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i < first.Length; i++)
        {
            for (var j = 0; j < second.Length; j++)
            {
                lengths[i + 1, j + 1] = first[i] == second[j] ? lengths[i, j] + 1 : Math.Max(lengths[i, j + 1], lengths[i + 1, j]);
            }
        }

        return lengths[first.Length, second.Length];
    }
}
