using LlmCascade.Strategies;
using LlmCascade.Tests.Persistence;
using Microsoft.Extensions.Time.Testing;

namespace LlmCascade.Tests.Strategies;

/// <summary>What the tests of repositories have in common: a folder, a clock and a few words.</summary>
public abstract class RepositoryTest : IDisposable
{
    internal const string Scope = "tenant-1";
    internal const string Query = "How do I return a broken lamp?";

    internal TemporaryFolder Folder { get; } = new();

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    internal string Path => Folder.File("strategies");

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    internal InMemoryStrategyRepository Open(string name = "strategies", Action<StrategyRepositoryOptions>? configure = null)
    {
        var options = new StrategyRepositoryOptions { Path = Folder.File(name), TimeProvider = Time };
        configure?.Invoke(options);
        return new InMemoryStrategyRepository(options);
    }

    internal static Strategy Make(string query = Query, string scope = Scope, string producer = "expert") =>
        new(scope, query, $"About '{query}': look it up.", producer);

    /// <summary>Everything that copies agree on.</summary>
    internal static async Task<string[]> ContentsAsync(InMemoryStrategyRepository repository) =>
    [
        .. (await repository.ListAsync(StrategyFilter.InAllScopes))
            .Select(each => $"{each.Id} {each.Scope} {each.Producer} {each.CreatedAt:O} {each.Status} {each.Counters}")
            .Order(StringComparer.Ordinal),
    ];

    internal static async Task<Strategy> OnlyAsync(InMemoryStrategyRepository repository) =>
        Xunit.Assert.Single(await repository.ListAsync(StrategyFilter.InAllScopes));
}
