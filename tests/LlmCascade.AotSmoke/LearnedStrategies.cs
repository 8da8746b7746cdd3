using LlmCascade.Strategies;
using static LlmCascade.AotSmoke.Checks;

namespace LlmCascade.AotSmoke;

/// <summary>A repository of strategies, in a file.</summary>
internal static class LearnedStrategies
{
    public static Task CheckAsync(Checks checks) => checks.RunAsync("strategies are found again after a restart, and by their own writer", async () =>
    {
        var folder = Directory.CreateTempSubdirectory("llmcascade-");
        try
        {
            var options = new StrategyRepositoryOptions { Path = Path.Combine(folder.FullName, "strategies") };
            var strategy = new Strategy("tenant", "What does a parcel to Bern cost?", "4 per kilogram", "expert");
            for (var start = 1; start <= 2; start++)
            {
                await using var repository = new InMemoryStrategyRepository(options);
                Equal(start == 1, await repository.AddAsync(strategy));
                await repository.RecordAsync(new StrategyOutcome("tenant", strategy.Id, StrategyOutcomeKind.Shown));
                var matches = await repository.FindAsync(new StrategyQuery("tenant", "What does a parcel to Basel cost?"));
                Equal((1, strategy.Id, (long)start), (matches.Count, matches[0].Strategy.Id, matches[0].Strategy.Counters.Shown));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    });
}
