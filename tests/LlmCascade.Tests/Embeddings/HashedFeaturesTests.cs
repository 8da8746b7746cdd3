using CsCheck;
using LlmCascade.Embeddings;
using Xunit;

namespace LlmCascade.Tests.Embeddings;

public sealed class HashedFeaturesTests
{
    private static readonly HashedFeatures _words = new(20, characterNGrams: false, seed: 1);
    private static readonly HashedFeatures _pieces = new(20, characterNGrams: true, seed: 1);

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n\u2003\0")]
    public void A_text_without_words_has_no_features(string text) => Assert.Empty(Of(_pieces, text));

    // Checkpoints hold these numbers: they must never change.
    [Theory]
    [InlineData("Don't panic!", "251821 973570 606922 399547 459531")]
    [InlineData("größer 大きい", "107234 536856 622122")]
    [InlineData("😀", "112695")]
    public void The_hash_is_stable(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Of(_words, text)));

    [Fact]
    public void The_hash_of_pieces_is_stable() => Assert.Equal("607312 428965 223318 24129 951423 517544 36003", string.Join(' ', Of(_pieces, "cat")));

    [Fact]
    public void Case_and_white_space_make_no_difference() =>
        Assert.Equal(Of(_pieces, "the Straße ÉTÉ isn't far"), Of(_pieces, "  THE straße\n\n\u00A0été  ISN’T Far "));

    [Fact]
    public void Words_and_pairs_of_neighbours_count_once_each() => Assert.Equal(6, Of(_words, "to be, to be").Length);

    [Fact]
    public void The_order_of_words_makes_a_difference() =>
        Assert.NotEqual(Of(_words, "man bites dog").Order(), Of(_words, "dog bites man").Order());

    [Fact]
    public void Punctuation_marks_are_words() => Assert.NotEqual(Of(_words, "really ?").Order(), Of(_words, "really !").Order());

    [Fact]
    public void Words_that_share_a_stem_share_pieces_and_nothing_else()
    {
        Assert.NotEmpty(Of(_pieces, "walking").Intersect(Of(_pieces, "walked")));
        Assert.Empty(Of(_words, "walking").Intersect(Of(_words, "walked")));
    }

    [Fact]
    public void A_long_text_has_no_pieces()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 100));

        Assert.Equal(Of(_words, text), Of(_pieces, text));
        Assert.NotEqual(Of(_words, text[..300]), Of(_pieces, text[..300]));
    }

    [Fact]
    public void Another_seed_is_another_hash() =>
        Assert.Empty(Of(_words, "one two three").Intersect(Of(new HashedFeatures(20, false, 2), "one two three")));

    [Fact]
    public void Any_text_has_distinct_features_within_the_dimension() =>
        Gen.String[Gen.Char, 0, 400].Sample(text =>
        {
            var features = Of(_pieces, text);
            return features.Distinct().Count() == features.Length
                && features.All(feature => feature >= 0 && feature < _pieces.Dimension)
                && features.SequenceEqual(Of(_pieces, text));
        });

    [Fact]
    public void A_text_of_very_many_words_keeps_them_all()
    {
        var features = new HashedFeatures(24, false, 1);

        var count = Of(features, string.Join(' ', Enumerable.Range(0, 20_000))).Length;

        Assert.InRange(count, 39_800, 39_999);
    }

    [Fact]
    public void Nothing_is_allocated_once_buffers_are_rented()
    {
        const string Text = "It was the best of times, it was the worst of times";
        Count(Text);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Count(Text);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static int Count(string text)
        {
            using var features = _pieces.Extract(text);
            return features.Count;
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(25)]
    public void A_dimension_out_of_range_is_refused(int bits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HashedFeatures(bits, true, 1));

    private static int[] Of(HashedFeatures features, string text)
    {
        using var list = features.Extract(text);
        return list.Indices.ToArray();
    }
}
