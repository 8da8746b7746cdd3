using LlmCascade.Deferral;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class QuarantineTests : LearningTest
{
    private const string Third = "Until when can I return a broken lamp?";

    [Fact]
    public async Task A_strategy_in_quarantine_is_tried_and_its_answers_are_kept_once_one_was_right()
    {
        await using var host = Start(cascade: cascade => cascade.LearnStrategies(strategies => strategies.Quarantine = true));

        await AskAsync(host, Query);
        Assert.Equal(StrategyStatus.Quarantined, (await OnlyAsync(Repository)).Status);
        await AskAsync(host, Other);
        Assert.Equal(StrategyStatus.Active, (await OnlyAsync(Repository)).Status);
        await AskAsync(host, Third);

        Assert.Equal(["expert", "expert", "small"], Episodes.Select(episode => episode.Answerer!.Name));
        Assert.Equal(DeferralReasons.Quarantined, Episodes[1].Root.Children[0].Verdict.Reason);
        Assert.Equal(1, (await OnlyAsync(Repository)).Counters.DraftsAgreed);
        Assert.Equal(1, LearningOf(host).Strategies.Distilled);
    }

    [Fact]
    public async Task One_lucky_answer_after_a_wrong_one_is_no_proof()
    {
        await using var host = Start(cascade: cascade => cascade.LearnStrategies(strategies => (strategies.Quarantine, strategies.DuplicateSimilarity) = (true, 0.3)));
        await AskAsync(host, Query);
        SmallAnswers = "I do not understand";
        await AskAsync(host, Other);
        SmallAnswers = null;
        while ((await OnlyAsync(Repository)).Counters.DraftsAgreed < 1)
        {
            await AskAsync(host, Other);
        }

        Assert.Equal(StrategyStatus.Quarantined, (await OnlyAsync(Repository)).Status);
        while ((await OnlyAsync(Repository)).Counters.DraftsAgreed < 2)
        {
            await AskAsync(host, Third);
        }

        Assert.Equal(StrategyStatus.Active, (await OnlyAsync(Repository)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_kind_that_the_tier_cannot_learn_ever_fewer_notes_are_written(bool quarantine)
    {
        SmallAnswers = "I do not understand";
        await using var host = Start(cascade: cascade => cascade.LearnStrategies(strategies => (strategies.Quarantine, strategies.DuplicateSimilarity) = (quarantine, 1)));
        var number = 0;
        Distilled = () => $"Note {number++}: broken goods go back within 45 days.";

        for (var i = 0; i < 100; i++)
        {
            await AskAsync(host, $"{Other} {i}");
        }

        // The first ones for certain, and then about the logarithm of 100.
        Assert.InRange(LearningOf(host).Strategies.Distilled, 3, 20);
        Assert.All(Episodes, episode => Assert.Equal("expert", episode.Answerer!.Name));
        Assert.All(await Repository.ListAsync(StrategyFilter.InAllScopes), strategy => Assert.Equal(quarantine, strategy.Status == StrategyStatus.Quarantined));
    }

    [Fact]
    public async Task What_is_in_quarantine_is_not_tried_where_something_that_has_proved_itself_is_more_similar()
    {
        await Repository.AddAllAsync(
        [
            new Strategy(Scope, Query, Note, "expert"),
            new Strategy(Scope, Other, Note + " Really.", "expert") { Status = StrategyStatus.Quarantined },
        ]);
        await using var host = Start(cascade: cascade => cascade.LearnStrategies(strategies => strategies.Quarantine = true));

        await AskAsync(host, Query);
        await AskAsync(host, Other);

        Assert.Equal(["small", "expert"], Episodes.Select(episode => episode.Answerer!.Name));
        Assert.Equal([1, 2], Episodes.Select(episode => episode.Root.Children[0].Generation!.Strategies!.Matches.Count));
    }

    [Fact]
    public async Task Without_a_quarantine_what_the_host_has_put_there_is_not_shown()
    {
        await Repository.AddAsync(Make() with { Status = StrategyStatus.Quarantined });
        await using var host = Start();

        await AskAsync(host, Query);

        Assert.Empty(Episodes[0].Root.Children[0].Generation!.Strategies!.Matches);
    }

    [Fact]
    public async Task Where_what_was_shown_has_led_to_the_right_answer_no_further_note_is_written()
    {
        await Repository.AddAsync(Make());
        await using var host = Start(tier => tier.DeferWhen(_ => true));
        SmallAnswers = "45 days";

        await AskAsync(host, Other);

        Assert.Equal(0, LearningOf(host).Strategies.Distilled);
        Assert.Equal(1, (await OnlyAsync(Repository)).Counters.DraftsAgreed);
    }
}
