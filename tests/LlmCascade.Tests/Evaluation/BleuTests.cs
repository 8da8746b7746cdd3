using System.Text.Json;
using LlmCascade.Evaluation.Measuring;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class BleuTests
{
    [Fact]
    public void Bleu_is_that_of_the_reference()
    {
        var file = RepositoryRoot.Shared("spec/golden/text_similarity.json");
        Assert.SkipUnless(File.Exists(file), $"{file} is not there.");
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var sums = new double[Bleu.Numbers];

        foreach (var pair in json.RootElement.GetProperty("pairs").EnumerateArray())
        {
            var (text, reference) = (pair.GetProperty("a").GetString()!, pair.GetProperty("b").GetString()!);
            Assert.Equal(pair.GetProperty("bleu").GetDouble(), Bleu.Of(text, reference), 1e-6);
            sums = [.. sums.Zip(Bleu.Counts(text, reference), (sum, count) => sum + count)];
        }

        Assert.Equal(json.RootElement.GetProperty("corpusBleu").GetDouble(), Bleu.Of(sums, isOneText: false), 1e-6);
    }

    [Theory]
    [InlineData("1,000.5 and 3-4", "1,000.5 and 3 - 4")]
    [InlineData("a.b,c", "a . b , c")]
    [InlineData("it's (fine)!", "it's ( fine ) !")]
    [InlineData("&quot;so&amp;so&quot; -\nhyphen", "\" so & so \" hyphen")]
    public void Marks_are_tokens_but_within_numbers(string text, string tokens) => Assert.Equal(100, Bleu.Of(text, tokens), 1e-9);

    [Fact]
    public void Texts_of_which_none_is_long_enough_have_no_bleu_together_and_one_has_it_alone()
    {
        Assert.Equal(0, Bleu.Of(Bleu.Counts("x y", "x y"), isOneText: false));
        Assert.Equal(100, Bleu.Of("x y", "x y"), 1e-9);
    }

    [Fact]
    public void Counts_that_are_scaled_give_the_same() =>
        Assert.Equal(
            Bleu.Of(Bleu.Counts("the cat sat on a mat", "the cat sat on the mat"), isOneText: false),
            Bleu.Of([.. Bleu.Counts("the cat sat on a mat", "the cat sat on the mat").Select(count => count / 7)], isOneText: false),
            1e-9);
}
