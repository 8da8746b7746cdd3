using System.Globalization;
using LlmCascade.Strategies;

namespace LlmCascade.CrashTest;

/// <summary>Changes a journal of strategies over and over until it is killed. It prints each change before, and "ok" when it is acknowledged.</summary>
public static class StrategyWriter
{
    public const string Ok = "ok";

    /// <summary>Makes the strategy of a number: who knows the number knows all of it.</summary>
    public static Strategy Make(int number) => new(
        $"tenant-{number % 3}",
        $"question {number}",
        string.Join(' ', Enumerable.Repeat(number.ToString(CultureInfo.InvariantCulture), 1 + (number % 200))),
        "expert");

    internal static async Task RunAsync(string path)
    {
        await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = path });
        var random = new Random(Environment.ProcessId);
        List<int> there = [.. (await repository.ListAsync(StrategyFilter.InAllScopes)).Select(NumberOf)];
        var next = there.Count == 0 ? 0 : there.Max();

        // Above all numbers that were there at any time: what was deleted cannot come back.
        next += 1000;
        while (true)
        {
            switch (random.Next(100))
            {
                case var any when any < 50 || there.Count == 0:
                    await DoAsync($"add {++next}", () => repository.AddAsync(Make(next)).AsTask());
                    there.Add(next);
                    break;
                case < 80:
                    var counted = there[random.Next(there.Count)];
                    await DoAsync(
                        $"count {counted}",
                        () => repository.RecordAsync(new StrategyOutcome(Make(counted).Scope, Make(counted).Id, StrategyOutcomeKind.Shown)).AsTask());
                    break;
                case < 97:
                    var deleted = there[random.Next(there.Count)];
                    there.Remove(deleted);
                    await DoAsync(
                        $"delete {deleted}",
                        () => repository.DeleteAsync(StrategyFilter.InScope(Make(deleted).Scope) with { Id = Make(deleted).Id }).AsTask());
                    break;
                default:
                    await DoAsync("compact 0", () => repository.CompactAsync());
                    break;
            }
        }
    }

    /// <summary>Tells which number's a strategy is.</summary>
    public static int NumberOf(Strategy strategy)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        return int.Parse(strategy.Query["question ".Length..], CultureInfo.InvariantCulture);
    }

    private static async Task DoAsync(string change, Func<Task> work)
    {
        Console.WriteLine(change);
        await work();
        Console.WriteLine(Ok);
    }
}
