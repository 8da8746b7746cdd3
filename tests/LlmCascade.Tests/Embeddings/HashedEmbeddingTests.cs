using System.Numerics.Tensors;
using LlmCascade.Embeddings;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Embeddings;

public sealed class HashedEmbeddingTests : IDisposable
{
    private readonly HashedEmbeddingGenerator _generator = new();

    public void Dispose() => _generator.Dispose();

    [Fact]
    public async Task Embeddings_have_the_dimensions_and_length_one()
    {
        var embeddings = await _generator.GenerateAsync(["How do I return a lamp?", "x", string.Join(' ', Enumerable.Range(0, 5000))]);

        Assert.All(embeddings, each => Assert.Equal(384, each.Vector.Length));
        Assert.All(embeddings, each => Assert.Equal(1, TensorPrimitives.Norm(each.Vector.Span), 1e-6));
        Assert.All(embeddings, each => Assert.Equal("llmcascade-hashed-1", each.ModelId));
    }

    [Fact]
    public async Task Texts_that_share_words_or_pieces_of_them_are_more_similar_than_others()
    {
        const string Question = "How do I return a broken lamp?";

        Assert.True(await SimilarityAsync(Question, "how can i return the broken lamps") > 0.5);
        Assert.True(await SimilarityAsync(Question, "How do I return a broken lamp?") > 0.999);
        Assert.True(Math.Abs(await SimilarityAsync(Question, "Which trains go to Bern")) < 0.25);
    }

    [Fact]
    public async Task A_text_without_words_is_zero_and_similar_to_nothing() =>
        Assert.Equal(0, await SimilarityAsync("", "anything"));

    // Journals hold these numbers: they must never change.
    [Fact]
    public async Task The_embedding_is_stable()
    {
        using var small = new HashedEmbeddingGenerator(16);

        var embedding = (await small.GenerateAsync(["Don't panic!"]))[0].Vector.ToArray();

        var smallest = embedding.Where(each => each != 0).Min(MathF.Abs);
        Assert.Equal("-1 1 1 -2 1 -1 0 -1 -2 2 0 -1 0 1 -1 1", string.Join(' ', embedding.Select(each => (int)MathF.Round(each / smallest))));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(65_537)]
    public void Dimensions_that_make_no_sense_are_refused(int dimensions) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HashedEmbeddingGenerator(dimensions));

    [Fact]
    public async Task Other_dimensions_than_its_own_cannot_be_asked_for()
    {
        await _generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 384 }, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<ArgumentException>(
            () => _generator.GenerateAsync(["a"], new EmbeddingGenerationOptions { Dimensions = 100 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        var metadata = _generator.GetService<EmbeddingGeneratorMetadata>();

        Assert.Equal(("llmcascade-hashed-1", 384), (metadata!.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(_generator, _generator.GetService<HashedEmbeddingGenerator>());
        Assert.Null(_generator.GetService<string>());
    }

    private async Task<double> SimilarityAsync(string left, string right)
    {
        var embeddings = await _generator.GenerateAsync([left, right]);
        return TensorPrimitives.Dot(embeddings[0].Vector.Span, embeddings[1].Vector.Span);
    }
}
