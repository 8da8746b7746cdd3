using LlmCascade.Strategies;

namespace LlmCascade.CrashTest;

/// <summary>Writes a journal of its own and merges those of others now and then; at last once for every line that it is given.</summary>
internal static class StrategyMerger
{
    private const int StepsPerMerge = 20;
    private const int Numbers = 60;

    public static async Task RunAsync(string folder, string name, int steps)
    {
        await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = Path.Combine(folder, name) });
        var random = new Random(name[0]);
        await repository.OpenAsync();
        for (var i = 0; i < steps; i++)
        {
            // All of them talk about the same strategies.
            var strategy = StrategyWriter.Make(random.Next(Numbers));
            _ = random.Next(10) switch
            {
                < 6 => await repository.AddAsync(strategy with { Status = (StrategyStatus)random.Next(3) }),
                < 9 => await CountAsync(strategy),
                _ => await repository.DeleteAsync(StrategyFilter.InScope(strategy.Scope) with { Id = strategy.Id }) >= 0,
            };
            if (i % StepsPerMerge == 0)
            {
                await MergeAsync();
            }
        }

        Console.WriteLine("done");
        while (Console.ReadLine() is not null)
        {
            await MergeAsync();
            Console.WriteLine("done");
        }

        async Task<bool> CountAsync(Strategy strategy)
        {
            await repository.RecordAsync(new StrategyOutcome(strategy.Scope, strategy.Id, StrategyOutcomeKind.Won, 0.5));
            return true;
        }

        async Task MergeAsync()
        {
            foreach (var other in Directory.GetFiles(folder).Where(file => Path.GetFileName(file) is { Length: 1 } journal && journal != name))
            {
                await repository.MergeAsync(other);
            }
        }
    }
}
