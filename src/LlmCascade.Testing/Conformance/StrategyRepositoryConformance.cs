using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace LlmCascade.Testing.Conformance;

/// <summary>The rules that every <see cref="IStrategyRepository"/> keeps, one method each, for a test class of yours to derive from.</summary>
/// <remarks>
/// Call each method from a test of its own; it knows no test framework. A rule that is broken is an
/// <see cref="ExpectationException"/> that names the rule, what was expected and what happened. Every rule makes its own
/// repository, and disposes it where it can be disposed.
/// </remarks>
[Experimental("LLMC004")]
public abstract class StrategyRepositoryConformance
{
    private const string Scope = "tenant-1";
    private const string OtherScope = "tenant-2";
    private const string Producer = "expert";
    private const string Query = "How do I return a broken lamp?";

    /// <summary>Makes the repository.</summary>
    /// <returns>An empty repository that nobody else uses. The embeddings of equal texts are equal, and those of texts without a word in common differ.</returns>
    protected abstract IStrategyRepository CreateRepository();

    /// <summary>What was added is found by the query that it came from, before others, with all that was given of it.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public Task FindsWhatIsMostSimilarAsync() => RunAsync(async repository =>
    {
        var strategies = Questions(6).Select(question => Make(question) with { ModelId = "model-7" }).ToArray();
        foreach (var strategy in strategies)
        {
            Rule.Expect(await repository.AddAsync(strategy), "a new strategy to be added", "AddAsync returned false");
        }

        foreach (var strategy in strategies)
        {
            var matches = await repository.FindAsync(new StrategyQuery(Scope, strategy.Query) { Count = strategies.Length, MinimumSimilarity = -1 });
            Rule.Expect(matches.Count == strategies.Length, $"{strategies.Length} strategies", $"{matches.Count} were found");
            Rule.Expect(matches[0].Similarity is >= 0.999 and <= 1, "the strategy of the same query with a similarity of 1", $"the first one had {Text(matches[0].Similarity)}");
            Rule.Expect(
                matches.Zip(matches.Skip(1)).All(pair => pair.First.Similarity >= pair.Second.Similarity),
                "the most similar one first",
                $"the similarities were {string.Join(", ", matches.Select(match => Text(match.Similarity)))}");
            var found = matches[0].Strategy;
            Rule.Expect(
                (found.Id, found.Scope, found.Query, found.Text, found.Producer, found.ModelId, found.Status)
                    == (strategy.Id, Scope, strategy.Query, strategy.Text, Producer, "model-7", StrategyStatus.Active),
                "the strategy as it was added",
                $"it was {found}");
            Rule.Expect(found.CreatedAt != default, "the time it was made to be filled in", "it was not");
            Rule.Expect(found.Embedding.Length > 0, "the embedding of its query", "there was none");
        }
    });

    /// <summary>As many are found as are asked for, and none that is less similar than is asked for.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public Task FindsNoMoreThanIsAskedForAsync() => RunAsync(async repository =>
    {
        foreach (var question in Questions(5))
        {
            await repository.AddAsync(Make(question));
        }

        var some = await repository.FindAsync(new StrategyQuery(Scope, Query) { Count = 3, MinimumSimilarity = -1 });
        Rule.Expect(some.Count == 3, "3 of 5 strategies", $"{some.Count} were found");

        var least = some[1].Similarity;
        var similar = await repository.FindAsync(new StrategyQuery(Scope, Query) { Count = 5, MinimumSimilarity = least });
        Rule.Expect(
            similar.All(match => match.Similarity >= least - 1e-6),
            $"none below {Text(least)}",
            $"the similarities were {string.Join(", ", similar.Select(match => Text(match.Similarity)))}");

        var none = await repository.FindAsync(new StrategyQuery(Scope, "xyzzy") { MinimumSimilarity = 0.999 });
        Rule.Expect(none.Count == 0, "nothing for a text that has nothing in common with any query", $"{none.Count} were found");
    });

    /// <summary>Nothing of a scope is found, counted or deleted through another one.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public Task KeepsScopesApartAsync() => RunAsync(async repository =>
    {
        var mine = Make(Query);
        await repository.AddAsync(mine);
        await ExpectNoneAsync(repository, OtherScope, "in a scope that has none");

        var theirs = new Strategy(OtherScope, Query, mine.Text, Producer);
        Rule.Expect(theirs.Id != mine.Id, "the same content to have another id in another scope", "both ids are equal");
        Rule.Expect(await repository.AddAsync(theirs), "the same content to be added to another scope", "AddAsync returned false");

        await repository.RecordAsync(new StrategyOutcome(OtherScope, mine.Id, StrategyOutcomeKind.Won));
        var deleted = await repository.DeleteAsync(StrategyFilter.InScope(OtherScope) with { Id = mine.Id });
        Rule.Expect(deleted == 0, "no strategy to be deleted by its id in another scope", $"DeleteAsync returned {deleted}");
        Rule.Expect((await OnlyAsync(repository, Scope)).Counters == default, "no outcome to be counted through another scope", "it was");

        await repository.DeleteAsync(StrategyFilter.InScope(OtherScope));
        await ExpectNoneAsync(repository, OtherScope, "after its scope was deleted");
        Rule.Expect((await OnlyAsync(repository, Scope)).Id == mine.Id, "the strategy of the first scope", "another one was found");
    });

    /// <summary>The same content is there once, and adding it again raises its status and lowers nothing.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public Task AddsContentOnceAsync() => RunAsync(async repository =>
    {
        var strategy = Make(Query);
        await repository.AddAsync(strategy);
        Rule.Expect(!await repository.AddAsync(Make(Query)), "content that is there not to be added again", "AddAsync returned true");
        Rule.Expect(
            !await repository.AddAsync(strategy with { Status = StrategyStatus.Quarantined }), "a status never to fall", "AddAsync returned true");
        await OnlyAsync(repository, Scope);
    });

    /// <summary>Only active strategies are found, those in quarantine where they are asked for too, and a status rises by adding the strategy with a higher one.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public Task FindsOnlyActiveOnesAsync() => RunAsync(async repository =>
    {
        var strategy = Make(Query) with { Status = StrategyStatus.Quarantined };
        await repository.AddAsync(strategy);
        await ExpectNoneAsync(repository, Scope, "while it is quarantined");
        await ExpectWithQuarantinedAsync(1);

        Rule.Expect(await repository.AddAsync(strategy with { Status = StrategyStatus.Active }), "a status to rise", "AddAsync returned false");
        await OnlyAsync(repository, Scope);
        await ExpectWithQuarantinedAsync(1);

        Rule.Expect(await repository.AddAsync(strategy with { Status = StrategyStatus.Retired }), "a status to rise", "AddAsync returned false");
        await ExpectNoneAsync(repository, Scope, "after it was retired");
        await ExpectWithQuarantinedAsync(0);
        Rule.Expect(!await repository.AddAsync(strategy with { Status = StrategyStatus.Active }), "a retired strategy to stay so", "AddAsync returned true");
        await ExpectNoneAsync(repository, Scope, "after it was retired, and then added as an active one");

        async Task ExpectWithQuarantinedAsync(int count)
        {
            var found = (await repository.FindAsync(new StrategyQuery(Scope, Query) { IncludesQuarantined = true })).Count;
            Rule.Expect(found == count, $"{count} to be found where those in quarantine are asked for too", $"{found} were", rule: nameof(FindsOnlyActiveOnesAsync));
        }
    });

    /// <summary>Outcomes are counted, wins and losses by the inverse of their propensity; those of strategies that are not there are passed over.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public Task CountsOutcomesAsync() => RunAsync(async repository =>
    {
        var strategy = Make(Query) with { Counters = new StrategyCounters(1000, 0, 0, 0, 0, 0) };
        await repository.AddAsync(strategy);
        (StrategyOutcomeKind Kind, double Propensity)[] outcomes =
        [
            (StrategyOutcomeKind.Shown, 1), (StrategyOutcomeKind.Shown, 1), (StrategyOutcomeKind.Shown, 0.5),
            (StrategyOutcomeKind.Won, 1), (StrategyOutcomeKind.Won, 0.25), (StrategyOutcomeKind.Lost, 0.5),
            (StrategyOutcomeKind.DraftAgreed, 1), (StrategyOutcomeKind.DraftDisagreed, 1), (StrategyOutcomeKind.DraftDisagreed, 1),
        ];
        foreach (var (kind, propensity) in outcomes)
        {
            await repository.RecordAsync(new StrategyOutcome(Scope, strategy.Id, kind, propensity));
        }

        await repository.RecordAsync(new StrategyOutcome(Scope, Make("Another question").Id, StrategyOutcomeKind.Won));
        var counters = (await OnlyAsync(repository, Scope)).Counters;
        var expected = new StrategyCounters(3, Wins: 5, Losses: 2, SquaredWeights: 21, DraftsAgreed: 1, DraftsDisagreed: 2);
        Rule.Expect(counters == expected, $"{expected}", $"the counters were {counters}");
    });

    /// <summary>What was deleted by its id, its producer or its scope is gone, and the same content is never added again.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task DeletesForEverAsync()
    {
        var strategy = Make(Query);
        StrategyFilter[] filters =
        [
            StrategyFilter.InScope(Scope) with { Id = strategy.Id },
            StrategyFilter.InScope(Scope) with { Producer = Producer },
            StrategyFilter.InScope(Scope),
            StrategyFilter.InAllScopes with { Producer = Producer },
            StrategyFilter.InAllScopes,
        ];
        foreach (var filter in filters)
        {
            await RunAsync(async repository =>
            {
                await repository.AddAsync(strategy);
                var deleted = await repository.DeleteAsync(filter);
                Rule.Expect(deleted == 1, "1 strategy to be deleted", $"DeleteAsync returned {deleted} for {filter}");
                await ExpectNoneAsync(repository, Scope, $"after it was deleted ({filter})");
                var later = Make(Query) with { CreatedAt = Later };
                Rule.Expect(!await repository.AddAsync(later), "deleted content not to be added again", $"AddAsync returned true after {filter}");
                await ExpectNoneAsync(repository, Scope, $"after it was deleted ({filter}) and added again");
            });
        }
    }

    /// <summary>A deletion touches nothing that its filter does not mean, nor other content that is made later.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public Task DeletesNothingElseAsync() => RunAsync(async repository =>
    {
        var (first, second) = (Make(Query), Make("Where is my parcel?"));
        await repository.AddAsync(first);
        await repository.AddAsync(second);
        StrategyFilter[] others =
        [
            StrategyFilter.InScope(Scope) with { Producer = "somebody else" },
            StrategyFilter.InScope(Scope) with { Id = second.Id, Producer = "somebody else" },
            StrategyFilter.InScope(OtherScope),
            StrategyFilter.InAllScopes with { Id = Make("Nobody asked this").Id },
        ];
        foreach (var filter in others)
        {
            var deleted = await repository.DeleteAsync(filter);
            Rule.Expect(deleted == 0, "nothing to be deleted", $"DeleteAsync returned {deleted} for {filter}");
        }

        var one = await repository.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = second.Id });
        Rule.Expect(one == 1, "1 strategy to be deleted", $"DeleteAsync returned {one}");
        Rule.Expect((await OnlyAsync(repository, Scope)).Id == first.Id, "the other strategy to stay", "it is gone");

        await repository.DeleteAsync(StrategyFilter.InScope(Scope));
        var later = Make("How long does a refund take?") with { CreatedAt = Later };
        Rule.Expect(await repository.AddAsync(later), "other content that is made later to be added to a scope that was deleted", "AddAsync returned false");
    });

    /// <summary>Many callers at once lose nothing.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public Task LosesNothingAmongManyAsync() => RunAsync(async repository =>
    {
        const int Callers = 8;
        const int Rounds = 25;
        var shared = Make(Query);
        await repository.AddAsync(shared);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var own = Make($"Question {round} of caller {caller}");
                await repository.AddAsync(own);
                await repository.RecordAsync(new StrategyOutcome(Scope, shared.Id, StrategyOutcomeKind.Shown));
                var matches = await repository.FindAsync(new StrategyQuery(Scope, own.Query) { Count = 1000, MinimumSimilarity = 0.999 });
                Rule.Expect(
                    matches.Any(match => match.Strategy.Id == own.Id), "what was added to be found at once", "it was not", rule: nameof(LosesNothingAmongManyAsync));
            }
        })));
        var all = await repository.FindAsync(new StrategyQuery(Scope, Query) { Count = 1000, MinimumSimilarity = -1 });
        Rule.Expect(all.Count == (Callers * Rounds) + 1, $"{(Callers * Rounds) + 1} strategies", $"{all.Count} were found");
        var shown = all.Single(match => match.Strategy.Id == shared.Id).Strategy.Counters.Shown;
        Rule.Expect(shown == Callers * Rounds, $"{Callers * Rounds} to be counted", $"{shown} were");
    });

    /// <summary>What was cancelled before it began throws <see cref="OperationCanceledException"/> and changes nothing.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public Task ChangesNothingWhenItIsCancelledAsync() => RunAsync(async repository =>
    {
        var strategy = Make(Query);
        await repository.AddAsync(strategy);
        var cancelled = new CancellationToken(canceled: true);
        await ExpectCancelledAsync(nameof(repository.FindAsync), async () => await repository.FindAsync(new StrategyQuery(Scope, Query), cancelled));
        await ExpectCancelledAsync(nameof(repository.AddAsync), async () => await repository.AddAsync(Make("Another question"), cancelled));
        await ExpectCancelledAsync(
            nameof(repository.RecordAsync),
            async () => await repository.RecordAsync(new StrategyOutcome(Scope, strategy.Id, StrategyOutcomeKind.Shown), cancelled));
        await ExpectCancelledAsync(nameof(repository.DeleteAsync), async () => await repository.DeleteAsync(StrategyFilter.InAllScopes, cancelled));
        var only = await OnlyAsync(repository, Scope);
        Rule.Expect(only.Counters == default, "nothing to be counted", $"the counters were {only.Counters}");
    });

    private static DateTimeOffset Later => TimeProvider.System.GetUtcNow().AddDays(1);

    private static Strategy Make(string query) => new(Scope, query, $"About '{query}': look it up in the manual.", Producer);

    private static string[] Questions(int count) =>
    [
        .. ((string[])[Query, "Where is my parcel?", "Can I pay by invoice?", "Which size fits me?", "Do you ship abroad?", "Is there a warranty on batteries?"]).Take(count),
    ];

    private static string Text(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    private static async Task<Strategy> OnlyAsync(IStrategyRepository repository, string scope, [CallerMemberName] string rule = "")
    {
        var matches = await repository.FindAsync(new StrategyQuery(scope, Query) { Count = 10, MinimumSimilarity = -1 });
        Rule.Expect(matches.Count == 1, $"one strategy in {scope}", $"{matches.Count} were found", rule: rule);
        return matches[0].Strategy;
    }

    private static async Task ExpectNoneAsync(
        IStrategyRepository repository, string scope, string when, [CallerMemberName] string rule = "")
    {
        var matches = await repository.FindAsync(new StrategyQuery(scope, Query) { Count = 10, MinimumSimilarity = -1 });
        Rule.Expect(matches.Count == 0, $"no strategy to be found in {scope} {when}", $"{matches.Count} were", rule: rule);
    }

    private static async Task ExpectCancelledAsync(string method, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Rule.Expect(false, $"{method} to throw OperationCanceledException", "it did not", rule: nameof(ChangesNothingWhenItIsCancelledAsync));
    }

    private async Task RunAsync(Func<IStrategyRepository, Task> check)
    {
        var repository = CreateRepository();
        try
        {
            await check(repository);
        }
        finally
        {
            if (repository is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync();
            }
        }
    }
}
