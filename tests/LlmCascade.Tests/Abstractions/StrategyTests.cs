using Xunit;

namespace LlmCascade.Tests.Abstractions;

public sealed class StrategyTests
{
    // Journals and tombstones hold such ids: they must never change.
    [Fact]
    public void The_id_is_stable() => Assert.Equal("cf21e53a87b365bbef87e8919d7b08f3", new Strategy("tenant", "größer?", "advice", "expert").Id);

    [Fact]
    public void The_id_is_of_scope_query_and_text_alone()
    {
        var strategy = new Strategy("tenant", "query", "text", "expert");

        Assert.Equal(strategy.Id, (new Strategy("tenant", "query", "text", "other") with { ModelId = "m", Status = StrategyStatus.Retired, Embedding = new float[3] }).Id);
        string[] others = [new Strategy("tenant2", "query", "text", "expert").Id, new Strategy("tenan", "tquery", "text", "expert").Id, new Strategy("tenant", "queryt", "ext", "expert").Id];
        Assert.DoesNotContain(strategy.Id, others);
        Assert.Equal(3, others.Distinct().Count());
    }

    [Theory]
    [InlineData(" ", "q", "t", "p")]
    [InlineData("s", "\n", "t", "p")]
    [InlineData("s", "q", "", "p")]
    [InlineData("s", "q", "t", " ")]
    public void Blank_parts_are_refused(string scope, string query, string text, string producer) =>
        Assert.Throws<ArgumentException>(() => new Strategy(scope, query, text, producer));

    [Fact]
    public void Parts_that_are_too_long_are_refused_by_name_and_limit()
    {
        var e = Assert.Throws<ArgumentException>(() => new Strategy("s", "q", new string('x', 100_001), "p"));
        Assert.Equal("It has 100001 characters, and 100000 are allowed. (Parameter 'text')", e.Message);
        Assert.Throws<ArgumentException>(() => new Strategy(new string('x', 201), "q", "t", "p"));
        Assert.Throws<ArgumentException>(() => new Strategy("s", "q", "t", "p") { ModelId = new string('x', 201) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Strategy("s", "q", "t", "p") { Status = (StrategyStatus)7 });
        Assert.Equal(100_000, new Strategy("s", "q", new string('x', 100_000), "p").Text.Length);
    }

    [Fact]
    public void Queries_outcomes_and_filters_refuse_what_makes_no_sense()
    {
        Assert.Throws<ArgumentException>(() => new StrategyQuery(" ", "text"));
        Assert.Throws<ArgumentNullException>(() => new StrategyQuery("s", null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StrategyQuery("s", "text") { Count = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StrategyQuery("s", "text") { Count = 1001 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StrategyQuery("s", "text") { MinimumSimilarity = double.NaN });
        Assert.Throws<ArgumentException>(() => new StrategyOutcome("", "id", StrategyOutcomeKind.Won));
        Assert.Throws<ArgumentException>(() => new StrategyOutcome("s", "", StrategyOutcomeKind.Won));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StrategyOutcome("s", "id", (StrategyOutcomeKind)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StrategyOutcome("s", "id", StrategyOutcomeKind.Won, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StrategyOutcome("s", "id", StrategyOutcomeKind.Won, double.NaN));
        Assert.Throws<ArgumentException>(() => StrategyFilter.InScope(" "));
    }

    [Fact]
    public void A_filter_means_what_everything_given_applies_to()
    {
        var strategy = new Strategy("tenant", "query", "text", "expert");
        var inScope = StrategyFilter.InScope("tenant");

        Assert.True(inScope.Matches(strategy));
        Assert.True(StrategyFilter.InAllScopes.Matches(strategy));
        Assert.True((inScope with { Id = strategy.Id, Producer = "expert" }).Matches(strategy));
        Assert.False((inScope with { Id = strategy.Id, Producer = "other" }).Matches(strategy));
        Assert.False((inScope with { Id = "other" }).Matches(strategy));
        Assert.False(StrategyFilter.InScope("Tenant").Matches(strategy));
    }
}
