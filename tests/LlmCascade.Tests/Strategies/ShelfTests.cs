using LlmCascade.Strategies;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class ShelfTests : RepositoryTest
{
    [Fact]
    public async Task Many_small_scopes_take_little_more_memory_than_a_large_one()
    {
        const int Strategies = 10_000;
        var one = await BytesOfAsync(Strategies, scopes: 1);
        var many = await BytesOfAsync(Strategies, scopes: Strategies / 10);

        Assert.InRange((double)many / one, 0.5, 1.5);
    }

    [Fact]
    public async Task What_was_removed_gives_its_memory_back()
    {
        await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { MaxStrategies = 100 });
        await repository.AddAllAsync([.. Enumerable.Range(0, 100).Select(i => Make($"first {i}"))]);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 20; i++)
        {
            await repository.AddAllAsync([.. Enumerable.Range(0, 500).Select(j => Make($"{i}, {j}"))]);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 2_000_000);
    }

    [Fact]
    public async Task Searching_goes_on_while_strategies_come_and_go()
    {
        await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { MaxStrategies = 1000 });
        var stays = Make() with { CreatedAt = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        await repository.AddAsync(stays);
        using var stop = new CancellationTokenSource();
        var searches = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            var found = 0;
            while (!stop.IsCancellationRequested)
            {
                var match = Assert.Single(await repository.FindAsync(new StrategyQuery(Scope, Query) { Count = 1, MinimumSimilarity = 0.999 }));
                Assert.Equal(stays.Id, match.Strategy.Id);
                found++;
            }

            return found;
        })).ToArray();
        for (var round = 0; round < 60; round++)
        {
            var ids = Enumerable.Range(0, 60).Select(i => Make($"question {round}, {i}")).ToArray();
            await repository.AddAllAsync(ids);
            foreach (var each in ids.Skip(1))
            {
                await repository.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = each.Id });
            }
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(searches), found => Assert.True(found > 0));
    }

    private static async Task<long> BytesOfAsync(int strategies, int scopes)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var repository = new InMemoryStrategyRepository();
        await repository.AddAllAsync([.. Enumerable.Range(0, strategies).Select(i => Make($"question {i}", $"tenant-{i % scopes}"))]);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(repository);
        return bytes;
    }
}
