using LlmCascade.Embeddings;
using LlmCascade.Persistence;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class EmbeddingSpaceTests : RepositoryTest
{
    [Fact]
    public async Task A_journal_of_another_model_is_refused_and_left_alone()
    {
        await FillAsync();
        var before = await File.ReadAllBytesAsync(Path);
        using var other = new WordEmbeddings();
        await using var repository = Open(configure: options => options.EmbeddingGenerator = other);

        var e = await Assert.ThrowsAsync<JournalException>(() => repository.OpenAsync());

        Assert.Equal(
            $"The journal '{Path}' holds embeddings of llmcascade-hashed-1 (384), and the generator gives those of reversed (384). Give the generator that they are from, or set ReembedOnMismatch to embed them again.",
            e.Message);
        Assert.Equal(before, await File.ReadAllBytesAsync(Path));
    }

    [Fact]
    public async Task A_journal_of_another_model_is_embedded_again_where_the_host_says_so()
    {
        await FillAsync();
        using var other = new WordEmbeddings(dimensions: 100);
        string[] contents;
        await using (var repository = Open(configure: options => (options.EmbeddingGenerator, options.ReembedOnMismatch) = (other, true)))
        {
            var found = Assert.Single(await repository.FindAsync(new StrategyQuery(Scope, Query) { Count = 1 })).Strategy;
            Assert.Equal((Query, 100, "reversed (100)"), (found.Query, found.Embedding.Length, found.EmbeddingModelId));
            contents = await ContentsAsync(repository);
        }

        // From now on it is a journal of that model.
        await using var again = Open(configure: options => options.EmbeddingGenerator = other);
        Assert.Equal(contents, await ContentsAsync(again));
        Assert.Equal(7, contents.Length);
    }

    [Fact]
    public async Task A_merged_journal_of_another_model_is_refused_or_embedded_again_and_never_mixed()
    {
        await FillAsync();
        using var other = new WordEmbeddings();
        await using var refusing = Open("b", options => options.EmbeddingGenerator = other);
        await Assert.ThrowsAsync<JournalException>(() => refusing.MergeAsync(Path));
        Assert.Empty(await refusing.ListAsync(StrategyFilter.InAllScopes));
        await using var willing = Open("c", options => (options.EmbeddingGenerator, options.ReembedOnMismatch) = (other, true));

        Assert.Equal(7, (await willing.MergeAsync(Path)).Added);

        Assert.All(await willing.ListAsync(StrategyFilter.InAllScopes), each => Assert.Equal("reversed (384)", each.EmbeddingModelId));
        Assert.InRange((await willing.FindAsync(new StrategyQuery(Scope, Query)))[0].Similarity, 0.999, 1);
    }

    [Fact]
    public async Task Without_the_model_strategies_can_be_listed_merged_and_deleted_and_not_found()
    {
        using (var other = new WordEmbeddings())
        {
            await FillAsync("a", other);
            await FillAsync("b", other, "tenant-2");
        }

        await using var repository = Open("a");

        Assert.Equal(7, (await repository.MergeAsync(Folder.File("b"))).Added);
        Assert.Equal(7, await repository.DeleteAsync(StrategyFilter.InScope(Scope)));
        Assert.Equal(7, (await repository.ListAsync(StrategyFilter.InAllScopes)).Count);
        var e = await Assert.ThrowsAsync<InvalidOperationException>(async () => await repository.FindAsync(new StrategyQuery("tenant-2", Query)));
        Assert.Contains("were embedded by reversed (384)", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await repository.AddAsync(Make("another", "tenant-3")));
    }

    [Fact]
    public async Task Opening_asks_the_model_for_two_embeddings_and_adding_for_one_each()
    {
        using var model = new WordEmbeddings();
        await using var repository = Open(configure: options => options.EmbeddingGenerator = model);
        await repository.OpenAsync();
        Assert.Equal(2, model.Texts);

        await repository.AddAllAsync([.. Enumerable.Range(0, 200).Select(i => Make($"question {i}"))]);
        await repository.AddAllAsync([.. Enumerable.Range(0, 200).Select(i => Make($"question {i}"))]);
        await repository.FindAsync(new StrategyQuery("another scope", "question 1"));

        Assert.Equal(202, model.Texts);
    }

    [Fact]
    public async Task A_model_that_fails_opens_nothing_and_loses_nothing()
    {
        using var model = new WordEmbeddings { Failure = new HttpRequestException("The service is down.") };
        await using var repository = Open(configure: options => options.EmbeddingGenerator = model);
        await Assert.ThrowsAsync<HttpRequestException>(() => repository.OpenAsync());

        model.Failure = null;
        await repository.AddAsync(Make());
        model.Failure = new HttpRequestException("The service is down again.");
        await Assert.ThrowsAsync<HttpRequestException>(async () => await repository.AddAsync(Make("another")));

        Assert.Equal(Query, (await OnlyAsync(repository)).Query);
    }

    [Fact]
    public async Task Other_dimensions_of_the_hashed_embedding_are_another_model()
    {
        await FillAsync();
        using var hashed = new HashedEmbeddingGenerator(64);
        await using var repository = Open(configure: options => options.EmbeddingGenerator = hashed);

        await Assert.ThrowsAsync<JournalException>(() => repository.OpenAsync());
    }

    private async Task FillAsync(string name = "strategies", WordEmbeddings? model = null, string scope = Scope)
    {
        await using var repository = Open(name, options => options.EmbeddingGenerator = model);
        await repository.AddAsync(Make(Query, scope));
        await repository.AddAllAsync([.. Enumerable.Range(0, 6).Select(i => Make($"question {i}", scope))]);
        await repository.RecordAsync(new StrategyOutcome(scope, Make(Query, scope).Id, StrategyOutcomeKind.Shown));
    }
}
