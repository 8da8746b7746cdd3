using LlmCascade.Strategies;
using LlmCascade.Tests.Encoders;
using Xunit;

namespace LlmCascade.Tests.Strategies;

[Collection(nameof(MeasuringMemory))]
public sealed class ShelfMemoryTests : RepositoryTest
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
