using LlmCascade.Embeddings;
using LlmCascade.Strategies;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class ScopeIsolationTests : RepositoryTest
{
    private const int Operations = 1_000_000;
    private const int Texts = 60;

    // The questions change, because what was deleted does not come back.
    private const int OperationsPerText = 500;

    private static readonly string[] _scopes = ["a", "b", "A", "a ", "ab"];

    private readonly HashedEmbeddingGenerator _embeddings = new(16);
    private readonly Random _random = new(7);
    private int _operation;

    [Fact]
    public async Task A_million_operations_never_show_count_or_delete_a_strategy_of_another_scope()
    {
        var all = new[] { Reopened("0"), Reopened("1") };
        var found = 0;
        for (_operation = 0; _operation < Operations; _operation++)
        {
            var which = _random.Next(all.Length);
            var repository = all[which];
            var scope = Any(_scopes);
            switch (_random.Next(1000))
            {
                case < 450:
                    found += await FindAsync(repository, scope);
                    break;
                case < 700:
                    await repository.AddAsync(Strategy(scope, AnyText()) with { Status = (StrategyStatus)_random.Next(2) });
                    break;
                case < 850:
                    await repository.RecordAsync(new StrategyOutcome(scope, Strategy(scope, AnyText()).Id, StrategyOutcomeKind.Won));
                    break;
                case < 970:
                    // Only ever with a foreign scope: whoever shows a loss was counted through another scope.
                    await repository.RecordAsync(new StrategyOutcome(scope, Foreign(scope).Id, StrategyOutcomeKind.Lost));
                    break;
                case < 995:
                    Assert.Equal(0, await repository.DeleteAsync(StrategyFilter.InScope(scope) with { Id = Foreign(scope).Id }));
                    break;
                case < 999:
                    await repository.DeleteAsync(StrategyFilter.InScope(scope) with { Id = Strategy(scope, AnyText()).Id });
                    break;
                default:
                    await SeldomAsync(all, which);
                    break;
            }

            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(found, 0.4 * Operations, Operations);
        await Task.WhenAll(all.Select(each => each.DisposeAsync().AsTask()));
    }

    private async Task SeldomAsync(InMemoryStrategyRepository[] all, int which)
    {
        switch (_random.Next(4))
        {
            case 0:
                await all[which].CompactAsync();
                break;
            case 1:
                await all[which].DisposeAsync();
                all[which] = Reopened($"{which}");
                break;
            case 2:
                await all[which].OpenAsync();
                await all[1 - which].OpenAsync();
                await all[which].MergeAsync(Folder.File($"{1 - which}"));
                break;
            default:
                var scope = Any(_scopes);
                foreach (var strategy in await all[which].ListAsync(StrategyFilter.InScope(scope)))
                {
                    Check(strategy, scope);
                }

                break;
        }
    }

    private async Task<int> FindAsync(InMemoryStrategyRepository repository, string scope)
    {
        var matches = await repository.FindAsync(new StrategyQuery(scope, $"question {AnyText()}") { MinimumSimilarity = -1 });
        foreach (var match in matches)
        {
            Check(match.Strategy, scope);
        }

        return matches.Count > 0 ? 1 : 0;
    }

    private static void Check(Strategy strategy, string scope)
    {
        if (strategy.Scope != scope || !strategy.Text.EndsWith($"[{scope}]", StringComparison.Ordinal) || strategy.Counters.Losses != 0)
        {
            Assert.Fail($"Through '{scope}': {strategy}");
        }
    }

    // All scopes ask the same questions, so that the nearest one is always there in a foreign scope.
    private static Strategy Strategy(string scope, int which) => new(scope, $"question {which}", $"advice {which} [{scope}]", $"producer {which % 3}");

    private Strategy Foreign(string scope) => Strategy(Any([.. _scopes.Where(each => each != scope)]), AnyText());

    private int AnyText() => (_operation / OperationsPerText) + _random.Next(Texts);

    private T Any<T>(T[] all) => all[_random.Next(all.Length)];

    private InMemoryStrategyRepository Reopened(string name) =>
        Open(name, options => (options.EmbeddingGenerator, options.MaxStrategies, options.TimeToLive) = (_embeddings, 150, TimeSpan.FromDays(2)));
}
