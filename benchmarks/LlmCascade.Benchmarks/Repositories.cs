using System.Diagnostics;
using System.Globalization;
using LlmCascade.CrashTest;
using LlmCascade.Embeddings;
using LlmCascade.Strategies;

namespace LlmCascade.Benchmarks;

/// <summary>What a repository of 100,000 strategies costs: in one scope or in many, with a journal and without.</summary>
internal static class Repositories
{
    private const int Strategies = 100_000;
    private const int ManyScopes = 10_000;
    private const int FewAdded = 20_000;

    /// <param name="folder">Where journals are written. They are deleted.</param>
    public static async Task RunAsync(string folder)
    {
        Directory.CreateDirectory(folder);

        // The first ones teach the just-in-time compiler.
        await AddAsync(null, flush: false, FewAdded);
        Console.WriteLine($"added in a second: {await AddAsync(null, flush: false, Strategies):N0} in memory, {await AddAsync(Path.Combine(folder, "a"), flush: false, FewAdded):N0} with a journal, {await AddAsync(Path.Combine(folder, "b"), flush: true, 500):N0} with a journal that waits for the disk");

        var (one, _) = await FillAsync(null, scopes: 1);
        var (many, repository) = await FillAsync(null, ManyScopes);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"memory of {Strategies:N0}: {one >> 20} MiB in one scope, {many >> 20} MiB in {ManyScopes:N0} scopes, ratio {(double)many / one:0.00}"));
        await MeasureSearchAsync(repository);
        await repository.DisposeAsync();

        await MeasureOpeningAsync(Path.Combine(folder, "c"), scopes: 1);
        await MeasureOpeningAsync(Path.Combine(folder, "d"), ManyScopes);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Kills a process that writes, over and over, and looks at what is left.</summary>
    public static async Task KillAsync(string folder, int kills)
    {
        Directory.CreateDirectory(folder);
        var killing = new StrategyKills(Path.Combine(folder, "strategies"), seed: kills);
        for (var i = 1; i <= kills; i++)
        {
            await killing.KillAsync();
            if (i % 50 == 0)
            {
                Console.WriteLine($"killed {i} times: {killing.Acknowledged} changes were acknowledged and are there, {killing.Interrupted} were under way, nothing is lost or torn");
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task<double> AddAsync(string? path, bool flush, int count)
    {
        await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = path, FlushToDisk = flush });
        await repository.OpenAsync();
        Strategy[] strategies = [.. Enumerable.Range(0, count).Select(i => Make(i, "one"))];
        var start = Stopwatch.GetTimestamp();
        foreach (var strategy in strategies)
        {
            await repository.AddAsync(strategy);
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<(long Bytes, InMemoryStrategyRepository Repository)> FillAsync(string? path, int scopes)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = path });
        for (var first = 0; first < Strategies; first += 1000)
        {
            await repository.AddAllAsync([.. Enumerable.Range(first, 1000).Select(i => Make(i, scopes == 1 ? "one" : $"tenant-{i % scopes}"))]);
        }

        return (GC.GetTotalMemory(forceFullCollection: true) - before, repository);
    }

    private static async Task MeasureOpeningAsync(string path, int scopes)
    {
        var (_, filled) = await FillAsync(path, scopes);
        await filled.DisposeAsync();
        var start = Stopwatch.GetTimestamp();
        await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = path });
        await repository.OpenAsync();
        var opening = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        await repository.CompactAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{new FileInfo(path).Length >> 20} MiB with {scopes:N0} scopes: opened in {opening.TotalSeconds:0.00} s, compacted in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s"));
    }

    private static async Task MeasureSearchAsync(InMemoryStrategyRepository repository)
    {
        const int Searches = 200_000;
        var embedding = (await new HashedEmbeddingGenerator().GenerateAsync([Make(7, "one").Query]))[0].Vector.ToArray();
        var shelf = new Shelf(embedding.Length);
        foreach (var strategy in await repository.ListAsync(StrategyFilter.InScope("tenant-7")))
        {
            shelf.Add(new Entry(strategy));
        }

        for (var round = 0; round < 2; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Searches; i++)
            {
                shelf.Find(embedding, 2, 0, DateTimeOffset.MinValue);
            }

            var alone = Stopwatch.GetElapsedTime(start) / Searches;
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Searches; i++)
            {
                await repository.FindAsync(new StrategyQuery($"tenant-{i % ManyScopes}", Make(7, "one").Query));
            }

            var whole = Stopwatch.GetElapsedTime(start) / Searches;
            if (round > 0)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"search in a scope of {Strategies / ManyScopes}: {alone.TotalMicroseconds:0.0} µs, {whole.TotalMicroseconds:0.0} µs through FindAsync with a text that is remembered, another scope each time"));
            }
        }
    }

    private static Strategy Make(int i, string scope) => new(
        scope,
        $"How much does parcel number {i} cost when it is sent to zone {i % 12} and weighs {i % 31} kilograms?",
        $"Look the fee of zone {i % 12} up in the table of fees, multiply it by the weight, and add the packing fee. Mind that parcel {i} is insured.",
        "expert")
    { ModelId = "gpt-4.1" };
}
