using LlmCascade.Agreement;
using LlmCascade.Embeddings;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class EmbeddingMeasureTests
{
    [Fact]
    public async Task The_cosine_is_cut_off_at_0_and_all_texts_are_embedded_in_one_call()
    {
        using var generator = new Compass();
        var matrix = await SimilarityMeasure.Embedding(generator).MeasureAsync(
            Pair.Request,
            [Pair.Answer("north"), Pair.Answer("south"), Pair.Answer("east"), Pair.Answer("north"), Pair.Answer(" "), Pair.Answer("")],
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((0, 0, 1, 0, null), (matrix[0, 1], matrix[0, 2], matrix[0, 3], matrix[0, 4], matrix[4, 5]));
        Assert.Equal(["north", "south", "east"], Assert.Single(generator.Calls));
    }

    [Fact]
    public async Task Answers_that_are_blank_or_the_same_need_no_embedder()
    {
        using var generator = new Compass();

        Assert.Equal(1, await Pair.MeasureAsync(SimilarityMeasure.Embedding(generator), "north", "north"));
        Assert.Equal(0, await Pair.MeasureAsync(SimilarityMeasure.Embedding(generator), "north", ""));
        Assert.Empty(generator.Calls);
    }

    [Fact]
    public async Task Similar_texts_have_similar_embeddings()
    {
        using var generator = new HashedEmbeddingGenerator();
        var measure = SimilarityMeasure.Embedding(generator);
        var near = await Pair.MeasureAsync(measure, "the parcel is at counter seven", "your parcel is at counter seven");
        var far = await Pair.MeasureAsync(measure, "the parcel is at counter seven", "bananas ripen in the dark");

        Assert.True(near > far, $"{near}, {far}");
    }

    [Fact]
    public void The_id_names_the_embedder()
    {
        using var small = new HashedEmbeddingGenerator(64);
        using var large = new HashedEmbeddingGenerator(128);
        using var unnamed = new Compass();

        Assert.Equal("cosine-v1 (llmcascade-hashed-1 (64))", SimilarityMeasure.Embedding(small).Id);
        Assert.Equal("cosine-v1 (unnamed Compass)", SimilarityMeasure.Embedding(unnamed).Id);
        Assert.NotEqual(SimilarityMeasure.Semantic(small).Id, SimilarityMeasure.Semantic(large).Id);
    }

    [Fact]
    public async Task Embeddings_of_different_lengths_are_refused()
    {
        using var generator = new Compass { IsOdd = true };

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Pair.MeasureAsync(SimilarityMeasure.Embedding(generator), "north", "east"));
        Assert.Contains("of 2 and of 3 numbers", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Compass : IEmbeddingGenerator<string, Embedding<float>>
    {
        public List<string[]> Calls { get; } = [];

        public bool IsOdd { get; init; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Calls.Add([.. values]);
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(Calls[^1].Select(text => new Embedding<float>(text switch
            {
                "north" => new float[] { 0, 2 },
                "south" => new float[] { 0, -1 },
                _ => IsOdd ? [1, 0, 0] : new float[] { 1, 0 },
            }))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
