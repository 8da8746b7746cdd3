using LlmCascade.Strategies;
using LlmCascade.Testing.Conformance;
using LlmCascade.Tests.Persistence;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class StrategyRepositoryConformanceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<bool> WithAndWithoutJournal => [true, false];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Finds_what_is_most_similar(bool journal) => Suite(journal).FindsWhatIsMostSimilarAsync();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Finds_no_more_than_is_asked_for(bool journal) => Suite(journal).FindsNoMoreThanIsAskedForAsync();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Keeps_scopes_apart(bool journal) => Suite(journal).KeepsScopesApartAsync();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Adds_content_once(bool journal) => Suite(journal).AddsContentOnceAsync();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Finds_only_active_ones(bool journal) => Suite(journal).FindsOnlyActiveOnesAsync();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Counts_outcomes(bool journal) => Suite(journal).CountsOutcomesAsync();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Deletes_for_ever(bool journal) => Suite(journal).DeletesForEverAsync();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Deletes_nothing_else(bool journal) => Suite(journal).DeletesNothingElseAsync();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Loses_nothing_among_many(bool journal) => Suite(journal).LosesNothingAmongManyAsync();

    [Theory, MemberData(nameof(WithAndWithoutJournal))]
    public Task Changes_nothing_when_it_is_cancelled(bool journal) => Suite(journal).ChangesNothingWhenItIsCancelledAsync();

    private OwnSuite Suite(bool journal) => new(journal ? _folder : null);

    private sealed class OwnSuite(TemporaryFolder? folder) : StrategyRepositoryConformance
    {
        protected override IStrategyRepository CreateRepository() => new InMemoryStrategyRepository(
            new StrategyRepositoryOptions { Path = folder?.File(Guid.NewGuid().ToString()) });
    }
}
