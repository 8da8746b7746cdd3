using LlmCascade.Persistence;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Strategies;

/// <summary>Embedders that do what none should, or few do.</summary>
public sealed class OddEmbedderTests : RepositoryTest
{
    [Fact]
    public async Task An_embedding_of_another_length_is_refused_before_it_is_written()
    {
        using var model = new FixedEmbeddings();
        await using (var repository = Open(configure: options => options.EmbeddingGenerator = model))
        {
            await repository.AddAsync(Make());
            model.Length = 20;
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await repository.AddAsync(Make("other")));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await repository.FindAsync(new StrategyQuery(Scope, "other")));
            model.Length = 16;
            await repository.AddAsync(Make("later"));
        }

        await using var again = Open(configure: options => options.EmbeddingGenerator = model);
        Assert.Equal(2, (await again.ListAsync(StrategyFilter.InAllScopes)).Count);
    }

    [Theory]
    [InlineData(1e-23f)]
    [InlineData(1e-44f)]
    [InlineData(0f)]
    [InlineData(1e30f)]
    public async Task An_embedding_of_any_finite_size_is_stored_and_found(float size)
    {
        using var model = new FixedEmbeddings { Size = size };
        await using (var repository = Open(configure: options => options.EmbeddingGenerator = model))
        {
            await repository.AddAsync(Make());
        }

        await using var again = Open(configure: options => options.EmbeddingGenerator = model);
        Assert.Equal(size == 0 ? 0 : 1, Assert.Single(await again.FindAsync(new StrategyQuery(Scope, Query))).Similarity, 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task An_embedding_that_is_not_finite_is_refused(float size)
    {
        using var model = new FixedEmbeddings();
        await using var repository = Open(configure: options => options.EmbeddingGenerator = model);
        await repository.OpenAsync();
        model.Size = size;

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await repository.AddAsync(Make()));
        Assert.Empty(await repository.ListAsync(StrategyFilter.InAllScopes));
    }

    [Fact]
    public async Task A_model_that_refuses_long_texts_will_do()
    {
        using var model = new FixedEmbeddings { LongestText = 100 };
        await using (var repository = Open(configure: options => options.EmbeddingGenerator = model))
        {
            await repository.AddAsync(Make());
        }

        await using var again = Open(configure: options => options.EmbeddingGenerator = model);
        Assert.Single(await again.FindAsync(new StrategyQuery(Scope, Query)));
    }

    [Fact]
    public async Task What_was_deleted_here_is_not_embedded_again_for_a_merge()
    {
        await using (var other = Open("a"))
        {
            await other.AddAllAsync([.. Enumerable.Range(0, 20).Select(i => Make($"question {i}"))]);
        }

        using var model = new WordEmbeddings();
        await using var repository = Open("b", options => (options.EmbeddingGenerator, options.ReembedOnMismatch) = (model, true));
        Time.Advance(TimeSpan.FromDays(1));
        await repository.DeleteAsync(StrategyFilter.InScope(Scope));
        var before = model.Texts;

        Assert.Equal(default, await repository.MergeAsync(Folder.File("a")));

        Assert.Equal(before, model.Texts);
    }

    [Fact]
    public async Task A_model_whose_embeddings_differ_in_length_is_refused()
    {
        using var model = new FixedEmbeddings { IsLongerForLongTexts = true };
        await using var repository = Open(configure: options => options.EmbeddingGenerator = model);

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => repository.OpenAsync());

        Assert.Contains("embeddings of 16 and 20 numbers", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task Merging_again_embeds_nothing_again()
    {
        await using (var other = Open("a"))
        {
            await other.AddAllAsync([.. Enumerable.Range(0, 20).Select(i => Make($"question {i}"))]);
        }

        using var model = new WordEmbeddings();
        await using var repository = Open("b", options => (options.EmbeddingGenerator, options.ReembedOnMismatch) = (model, true));
        await repository.MergeAsync(Folder.File("a"));
        var before = model.Texts;

        Assert.Equal(default, await repository.MergeAsync(Folder.File("a")));

        Assert.Equal(before, model.Texts);
    }

    [Fact]
    public async Task A_follower_keeps_what_it_has_when_the_writer_embeds_everything_with_another_model()
    {
        await using (var writer = Open())
        {
            await writer.AddAsync(Make());
        }

        await using var follower = Open(configure: options => options.IsReadOnly = true);
        await follower.OpenAsync();
        using var model = new WordEmbeddings();
        await using (var writer = Open(configure: options => (options.EmbeddingGenerator, options.ReembedOnMismatch) = (model, true)))
        {
            await writer.OpenAsync();
        }

        var e = await Assert.ThrowsAsync<JournalException>(() => follower.RefreshAsync());

        Assert.Contains("holds embeddings of reversed (384) now", e.Message, StringComparison.Ordinal);
        Assert.InRange(Assert.Single(await follower.FindAsync(new StrategyQuery(Scope, Query))).Similarity, 0.999, 1);
    }

    [Fact]
    public async Task A_text_is_found_with_a_similarity_of_one()
    {
        await using var repository = Open();
        string[] texts = [.. Enumerable.Range(0, 300).Select(i => $"question {i} of {i * i}")];
        await repository.AddAllAsync([.. texts.Select(text => Make(text))]);
        foreach (var text in texts)
        {
            Assert.Equal(text, Assert.Single(await repository.FindAsync(new StrategyQuery(Scope, text) { Count = 1, MinimumSimilarity = 1 })).Strategy.Query);
        }
    }

    /// <summary>One and the same embedding for every text.</summary>
    private sealed class FixedEmbeddings : IEmbeddingGenerator<string, Embedding<float>>
    {
        public int Length { get; set; } = 16;

        public float Size { get; set; } = 1;

        public int LongestText { get; set; } = int.MaxValue;

        public bool IsLongerForLongTexts { get; set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            string[] texts = [.. values];
            return Array.Exists(texts, text => text.Length > LongestText)
                ? throw new ArgumentException("The text is too long.", nameof(values))
                : Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(texts.Select(
                    text => new Embedding<float>(Enumerable.Repeat(Size, IsLongerForLongTexts && text.Length > 100 ? Length + 4 : Length).ToArray()))));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
