using LlmCascade.Strategies;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class ShelfTests : RepositoryTest
{
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
}
