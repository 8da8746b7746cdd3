using LlmCascade;
using LlmCascade.Strategies;
using LlmCascade.Testing.Conformance;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Documentation;

/// <summary>The code of docs/strategies.md.</summary>
internal static class Strategies
{
    public static void AddStrategies(IServiceCollection services, IChatClient small)
    {
        // snippet: with-strategies
        services.AddSingleton<IStrategyRepository>(_ => new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = "data/strategies" }));
        services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(small).WithTokenConfidence().DeferBelow(0.8).WithStrategies())
            .LearnStrategies()
            .Audit(0.05));
        // end-snippet
    }

    public static async Task UseAsync()
    {
        // snippet: strategy-repository
        await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = "data/strategies" });
        await repository.AddAsync(new Strategy(
            scope: "tenant-7",
            query: "What does a parcel of 3 kg to Bern cost?",
            text: "The fee is 4 per kilogram within the country, plus 2 for packing.",
            producer: "expert"));

        var matches = await repository.FindAsync(new StrategyQuery("tenant-7", "How much is a 5 kg parcel to Geneva?") { MinimumSimilarity = 0.3 });
        foreach (var (strategy, similarity) in matches)
        {
            Console.WriteLine($"{similarity:0.00} {strategy.Text}");
            await repository.RecordAsync(new StrategyOutcome("tenant-7", strategy.Id, StrategyOutcomeKind.Shown));
        }
        // end-snippet
    }

    public static InMemoryStrategyRepository WithModel(IEmbeddingGenerator<string, Embedding<float>> embeddings)
    {
        // snippet: strategy-embeddings
        var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions
        {
            Path = "data/strategies",
            EmbeddingGenerator = embeddings,
        });
        // end-snippet
        return repository;
    }

    public static async Task DeleteAsync(InMemoryStrategyRepository repository)
    {
        // snippet: strategy-deletion
        await repository.DeleteAsync(StrategyFilter.InScope("tenant-7") with { Producer = "expert" });
        await repository.CompactAsync();
        // end-snippet
    }

    public static async Task MergeAsync()
    {
        // snippet: strategy-merge
        await using var own = new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = "data/strategies-b" });
        var result = await own.MergeAsync("data/strategies-a");
        // end-snippet
        Console.WriteLine(result.Added);
    }
}

// snippet: strategy-conformance
public sealed class MyRepositoryTests : StrategyRepositoryConformance
{
    protected override IStrategyRepository CreateRepository() => new InMemoryStrategyRepository();

    [Fact]
    public Task Scopes_are_kept_apart() => KeepsScopesApartAsync();

    [Fact]
    public Task A_deletion_holds_for_ever() => DeletesForEverAsync();
}
// end-snippet
