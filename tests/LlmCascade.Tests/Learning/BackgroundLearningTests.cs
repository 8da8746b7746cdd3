using LlmCascade.Learning;
using LlmCascade.Tests.Escalation;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LlmCascade.Tests.Learning;

public sealed class BackgroundLearningTests : LearningTest
{
    private static readonly TimeSpan _drainTimeout = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _gate = new();

    [Fact]
    public async Task An_offer_waits_for_nothing()
    {
        var learner = ScriptedLearner.Waits(_gate.Task);
        var feed = Feed(Options(), learner);

        Assert.True(feed.OfferAsync(await AskAsync(null)).IsCompletedSuccessfully);

        Assert.Empty(learner.Lessons);
        Assert.Equal((0, 0, 0, 1), Counts());
        _gate.SetResult();
    }

    [Fact]
    public async Task Lessons_are_learned_one_after_the_other_in_the_order_of_the_offers()
    {
        var learner = new ScriptedLearner(async (_, _) => await Task.Yield());
        var feed = Feed(Options(), learner);

        foreach (var episode in await AskManyAsync(200))
        {
            await feed.OfferAsync(episode);
        }

        await feed.StopAsync();
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}"), learner.Truths);
        Assert.False(learner.WasShared);
    }

    [Fact]
    public async Task A_lesson_that_finds_no_room_is_dropped_and_counted()
    {
        var learner = ScriptedLearner.Waits(_gate.Task);
        var feed = Feed(Options(capacity: 2), learner);
        await feed.OfferAsync(await AskAsync(null, "in work"));
        await TimeLimitTests.WaitForAsync(() => learner.IsAsked);

        foreach (var episode in await AskManyAsync(5))
        {
            await feed.OfferAsync(episode);
        }

        Assert.Equal((0, 0, 3, 3), Counts());
        _gate.SetResult();
        await feed.StopAsync();
        Assert.Equal(["in work", "0", "1"], learner.Truths);
        Assert.Equal((3, 0, 3, 0), Counts());
        Assert.Empty(Logged);
    }

    [Fact]
    public async Task There_is_room_again_once_lessons_are_learned()
    {
        var learner = ScriptedLearner.Waits(_gate.Task);
        var feed = Feed(Options(capacity: 1), learner);
        foreach (var episode in await AskManyAsync(5))
        {
            await feed.OfferAsync(episode);
        }

        _gate.SetResult();
        await feed.BetweenLessonsAsync(() => 0);
        await feed.OfferAsync(await AskAsync(null, "later"));
        await feed.StopAsync();

        Assert.Equal("later", learner.Truths.Last());
    }

    [Fact]
    public async Task Stopping_learns_what_is_waiting()
    {
        var learner = ScriptedLearner.Waits(_gate.Task);
        var feed = Feed(Options(), learner);
        foreach (var episode in await AskManyAsync(10))
        {
            await feed.OfferAsync(episode);
        }

        var stop = feed.StopAsync();
        Assert.False(stop.IsCompleted);
        _gate.SetResult();

        Assert.Equal(0, await stop);
        Assert.Equal(10, learner.Lessons.Count);
        Assert.Empty(Logged);
    }

    [Fact]
    public async Task What_is_not_learned_in_time_is_lost_and_its_number_is_told()
    {
        var gates = new SemaphoreSlim(4);
        var learner = new ScriptedLearner(async (_, token) => await gates.WaitAsync(token));
        var feed = Feed(Options(), learner);
        foreach (var episode in await AskManyAsync(10))
        {
            await feed.OfferAsync(episode);
        }

        await TimeLimitTests.WaitForAsync(() => learner.Lessons.Count == 4);
        var stop = feed.StopAsync();
        Time.Advance(_drainTimeout);

        Assert.Equal(6, await stop);
        Assert.Equal((4, 0, 6, 0), Counts());
        var record = Assert.Single(Logged);
        Assert.Equal((14, LogLevel.Warning), (record.Id.Id, record.Level));
        Assert.Equal(("geography", "6"), (record.GetStructuredStateValue("Cascade"), record.GetStructuredStateValue("Lost")));
    }

    [Fact]
    public async Task A_shutdown_that_cannot_wait_ends_the_time_early()
    {
        var learner = ScriptedLearner.Waits(_gate.Task);
        var feed = Feed(Options(), learner);
        await feed.OfferAsync(await AskAsync(null));

        Assert.Equal(1, await feed.StopAsync(new CancellationToken(canceled: true)));
        Assert.Equal((0, 0, 1, 0), Counts());
    }

    [Fact]
    public async Task A_learner_that_ignores_its_cancellation_holds_up_no_shutdown()
    {
        var learner = new ScriptedLearner(async (_, _) => await _gate.Task);
        var feed = Feed(Options(), learner);
        foreach (var episode in await AskManyAsync(3))
        {
            await feed.OfferAsync(episode);
        }

        await TimeLimitTests.WaitForAsync(() => learner.IsAsked);
        var stop = feed.StopAsync();
        await TimeLimitTests.WaitForAsync(() =>
        {
            Time.Advance(_drainTimeout);
            return stop.IsCompleted;
        });

        Assert.Equal(3, await stop);
        await Assert.ThrowsAsync<TimeoutException>(() => feed.BetweenLessonsAsync(() => 0));
        _gate.SetResult();

        // It has learned what it was at, and nobody gives it more.
        await TimeLimitTests.WaitForAsync(() => Counts() == (1, 0, 2, 0));
        await feed.DisposeAsync();
    }

    [Fact]
    public async Task What_is_offered_after_the_end_is_dropped()
    {
        var learner = new ScriptedLearner();
        var feed = Feed(Options(), learner);
        await feed.DisposeAsync();
        await feed.DisposeAsync();

        await feed.OfferAsync(await AskAsync(null));

        Assert.Empty(learner.Lessons);
        Assert.Equal((0, 0, 1, 0), Counts());
    }

    [Fact]
    public async Task Metrics_tell_lessons_by_their_source_and_by_what_became_of_them()
    {
        var fails = new ScriptedLearner(async (lesson, token) =>
        {
            await _gate.Task.WaitAsync(token);
            _ = lesson.Truth.Response.Text == "1" ? throw new IOException("down") : 0;
        });
        var feed = Feed(Options(capacity: 3), fails);
        var episodes = await AskManyAsync(5);
        await feed.OfferAsync(episodes[0]);
        await TimeLimitTests.WaitForAsync(() => fails.IsAsked);
        foreach (var episode in episodes[1..])
        {
            await feed.OfferAsync(episode);
        }

        Assert.Equal([("geography", 4)], Meters.Sums("llmcascade.lessons.waiting", "llmcascade.cascade.name"));
        _gate.SetResult();
        await feed.BetweenLessonsAsync(() => 0);
        await feed.ReportAsync(episodes[0].Id, Answer("Paris"), TruthSource.Host);
        await feed.StopAsync();

        Assert.Equal(
            [
                ("geography, expert, dropped", 1), ("geography, expert, learned", 3),
                ("geography, expert, failed", 1), ("geography, host, learned", 1),
            ],
            Meters.Sums("llmcascade.lessons", "llmcascade.cascade.name", "llmcascade.lesson.source", "llmcascade.lesson.outcome"));
        Assert.Equal([("geography", 0)], Meters.Sums("llmcascade.lessons.waiting", "llmcascade.cascade.name"));
    }

    private static LearningOptions Options(int capacity = 1000) =>
        new() { Background = true, Capacity = capacity, DrainTimeout = _drainTimeout };
}
