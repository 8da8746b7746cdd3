using Xunit;

namespace LlmCascade.Tests.Strategies;

/// <summary>The journals beside this file were written by released versions. They stay readable for ever and are never written again.</summary>
public sealed class ReleasedJournalTests : RepositoryTest
{
    private const string WriteVariable = "LLMCASCADE_WRITE_JOURNALS";
    private const int Version = 1;

    private static readonly string _folder = System.IO.Path.Combine(RepositoryRoot.Path, "tests", "LlmCascade.Tests", "Strategies");

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(_folder, "*.journal").Select(file => System.IO.Path.GetFileName(file)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_journal_of_every_released_version_is_read(string file)
    {
        File.Copy(System.IO.Path.Combine(_folder, file), Path);

        await using var repository = Open();

        var strategies = await repository.ListAsync(StrategyFilter.InAllScopes);
        Assert.Equal(
            [("größe?", StrategyStatus.Active, new StrategyCounters(1, 2, 4, 20, 1, 1), "model-7"), ("old", StrategyStatus.Retired, default, null)],
            strategies.Select(each => (each.Query, each.Status, each.Counters, each.ModelId)));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), strategies[0].CreatedAt);
        Assert.InRange((await repository.FindAsync(new StrategyQuery(Scope, "größe?")))[0].Similarity, 0.999, 1);
        Assert.False(await repository.AddAsync(Make("deleted")));
        Assert.False(await repository.AddAsync(Make("of a deleted scope", "tenant-2") with { CreatedAt = Time.GetUtcNow() }));
        Assert.True(await repository.AddAsync(Make("forgotten")));
    }

    [Fact]
    public async Task Every_version_has_its_file()
    {
        var path = System.IO.Path.Combine(_folder, $"strategies-{Version}.journal");
        if (!File.Exists(path) && Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            await WriteAsync(path);
        }

        Assert.True(File.Exists(path), $"{path} is missing. Run this test with {WriteVariable}=1, and commit the file.");
    }

    // Every kind of record is in it, so it is not compacted.
    private async Task WriteAsync(string path)
    {
        await using var repository = Open(configure: options => options.MaxStrategies = 3);
        await repository.AddAsync(Make("forgotten") with { Status = StrategyStatus.Retired });
        await repository.AddAsync(Make("größe?") with { ModelId = "model-7" });
        await repository.AddAsync(Make("old"));
        await repository.AddAsync(Make("old") with { Status = StrategyStatus.Retired });
        foreach (var (kind, propensity) in ((StrategyOutcomeKind, double)[])
            [(StrategyOutcomeKind.Shown, 1), (StrategyOutcomeKind.Won, 0.5), (StrategyOutcomeKind.Lost, 0.25), (StrategyOutcomeKind.DraftAgreed, 1), (StrategyOutcomeKind.DraftDisagreed, 1)])
        {
            await repository.RecordAsync(new StrategyOutcome(Scope, Make("größe?").Id, kind, propensity));
        }

        await repository.AddAsync(Make("deleted"));
        await repository.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = Make("deleted").Id });
        await repository.DeleteAsync(StrategyFilter.InScope("tenant-2"));
        File.Copy(Path, path);
    }
}
