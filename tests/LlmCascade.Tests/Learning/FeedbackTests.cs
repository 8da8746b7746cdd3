using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Tests.Escalation;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Learning;

public sealed class FeedbackTests : LearningTest
{
    private static readonly LabelSpace _mood = new("good", "bad");

    private readonly LearningOptions _options = new();
    private readonly ScriptedLearner _learner = new();

    [Fact]
    public async Task A_truth_that_comes_later_is_a_lesson_about_its_episode()
    {
        var feed = Feed(_options, _learner);
        var episode = await AskAsync("Lyon");
        await feed.OfferAsync(episode);
        Assert.Empty(_learner.Lessons);

        Assert.Equal(FeedbackOutcome.Accepted, await feed.ReportAsync(episode.Id, Answer("Paris"), TruthSource.Host));

        var lesson = Assert.Single(_learner.Lessons);
        Assert.Equal((episode, "Paris"), (lesson.Episode, lesson.Truth.Response.Text));
        Assert.Equal((TruthSource.Host, 1), (lesson.Source, lesson.Propensity));
    }

    [Fact]
    public async Task What_the_expert_has_taught_the_host_teaches_again()
    {
        var feed = Feed(_options, _learner);
        var episode = await AskAsync(null, "Lyon");
        await feed.OfferAsync(episode);

        await feed.ReportAsync(episode.Id, Answer("Paris"), TruthSource.Host);

        Assert.Equal(
            [("Lyon", TruthSource.Expert), ("Paris", TruthSource.Host)],
            _learner.Lessons.Select(lesson => (lesson.Truth.Response.Text, lesson.Source)));
    }

    [Fact]
    public async Task A_hosts_own_truth_needs_no_leave_to_be_learned()
    {
        AcceptForLearning = _ => false;
        var feed = Feed(_options, _learner);
        var episode = await AskAsync(null, "Lyon");
        await feed.OfferAsync(episode);

        await feed.ReportAsync(episode.Id, Answer("Paris"), TruthSource.Audit);

        Assert.Equal([("Paris", TruthSource.Audit)], _learner.Lessons.Select(lesson => (lesson.Truth.Response.Text, lesson.Source)));
    }

    [Fact]
    public async Task Reported_twice_a_truth_teaches_once()
    {
        var feed = Feed(_options, _learner);
        var episode = await AskAsync("Lyon");
        await feed.OfferAsync(episode);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(async () =>
            await feed.ReportAsync(episode.Id, Answer($"{i}"), TruthSource.Host))));
        await feed.OfferAsync(episode);
        Assert.Equal(FeedbackOutcome.AlreadyReported, await feed.ReportAsync(episode.Id, Answer("x"), TruthSource.Host));

        Assert.Single(outcomes, FeedbackOutcome.Accepted);
        Assert.Equal(49, outcomes.Count(outcome => outcome == FeedbackOutcome.AlreadyReported));
        Assert.Single(_learner.Lessons);
    }

    [Fact]
    public async Task An_episode_is_forgotten_when_its_time_is_over()
    {
        _options.FeedbackExpiry = TimeSpan.FromMinutes(10);
        var feed = Feed(_options, _learner);
        Episode old = await AskAsync("Lyon"), young = await AskAsync("Lyon");
        await feed.OfferAsync(old);
        Time.Advance(TimeSpan.FromMinutes(1));
        await feed.OfferAsync(young);
        Time.Advance(TimeSpan.FromMinutes(9));

        Assert.Equal(FeedbackOutcome.Unknown, await feed.ReportAsync(old.Id, Answer("x"), TruthSource.Host));
        Assert.Equal(FeedbackOutcome.Accepted, await feed.ReportAsync(young.Id, Answer("x"), TruthSource.Host));
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(FeedbackOutcome.Unknown, await feed.ReportAsync(young.Id, Answer("x"), TruthSource.Host));
    }

    [Fact]
    public async Task Newer_episodes_take_the_place_of_the_oldest()
    {
        _options.FeedbackCapacity = 2;
        var feed = Feed(_options, _learner);
        var episodes = await AskManyAsync(3);
        foreach (var episode in episodes)
        {
            await feed.OfferAsync(episode);
        }

        Assert.Equal(
            [FeedbackOutcome.Unknown, FeedbackOutcome.Accepted, FeedbackOutcome.Accepted],
            await Task.WhenAll(episodes.Select(episode => feed.ReportAsync(episode.Id, Answer("x"), TruthSource.Host).AsTask())));
    }

    [Theory]
    [InlineData(true, 10)]
    [InlineData(false, 0)]
    public async Task Nothing_is_remembered_where_nothing_may_be_learned_or_there_is_no_room(bool noLearning, int capacity)
    {
        _options.FeedbackCapacity = capacity;
        var feed = Feed(_options, _learner);
        var episode = await AskAsync("Lyon", options: new CascadeRequestOptions { NoLearning = noLearning });
        await feed.OfferAsync(episode);

        Assert.Equal(FeedbackOutcome.Unknown, await feed.ReportAsync(episode.Id, Answer("x"), TruthSource.Host));
        Assert.Empty(_learner.Lessons);
    }

    [Fact]
    public async Task A_truth_that_found_no_room_can_be_reported_again()
    {
        var gate = new TaskCompletionSource();
        var learner = ScriptedLearner.Waits(gate.Task);
        var feed = Feed(new LearningOptions { Background = true, Capacity = 1 }, learner);
        var episodes = await AskManyAsync(2);
        await feed.OfferAsync(episodes[0]);
        await TimeLimitTests.WaitForAsync(() => learner.IsAsked);
        await feed.OfferAsync(episodes[1]);

        Assert.Equal(FeedbackOutcome.Dropped, await feed.ReportAsync(episodes[0].Id, Answer("x"), TruthSource.Host));
        gate.SetResult();
        await feed.BetweenLessonsAsync(() => 0);
        Assert.Equal(FeedbackOutcome.Accepted, await feed.ReportAsync(episodes[0].Id, Answer("x"), TruthSource.Host));
        await feed.StopAsync();
        Assert.Equal(FeedbackOutcome.Dropped, await feed.ReportAsync(episodes[1].Id, Answer("x"), TruthSource.Host));

        Assert.Equal(["0", "1", "x"], learner.Truths);
    }

    [Fact]
    public async Task In_the_background_a_report_waits_for_no_learner()
    {
        var gate = new TaskCompletionSource();
        var feed = Feed(new LearningOptions { Background = true }, ScriptedLearner.Waits(gate.Task));
        var episode = await AskAsync("Lyon");
        await feed.OfferAsync(episode);

        Assert.Equal(FeedbackOutcome.Accepted, await feed.ReportAsync(episode.Id, Answer("x"), TruthSource.Host));
        Assert.Equal((0, 0, 0, 1), Counts());
        gate.SetResult();
    }

    [Fact]
    public async Task A_report_that_is_cancelled_beforehand_changes_nothing()
    {
        var feed = Feed(_options, _learner);
        var episode = await AskAsync("Lyon");
        await feed.OfferAsync(episode);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await feed.ReportAsync(episode.Id, Answer("x"), TruthSource.Host, new CancellationToken(canceled: true)));

        Assert.Equal(FeedbackOutcome.Accepted, await feed.ReportAsync(episode.Id, Answer("x"), TruthSource.Host));
    }

    [Fact]
    public async Task A_report_that_is_cancelled_while_it_waits_is_learned_all_the_same()
    {
        var gate = new TaskCompletionSource();
        var learner = ScriptedLearner.Waits(gate.Task);
        var feed = Feed(_options, learner);
        var episode = await AskAsync("Lyon");
        await feed.OfferAsync(episode);
        using var stop = new CancellationTokenSource();

        var report = feed.ReportAsync(episode.Id, Answer("x"), TruthSource.Host, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => report);
        gate.SetResult();
        await feed.BetweenLessonsAsync(() => 0);

        Assert.Single(learner.Lessons);
        Assert.Equal(FeedbackOutcome.AlreadyReported, await feed.ReportAsync(episode.Id, Answer("x"), TruthSource.Host));
    }

    [Fact]
    public async Task A_label_is_a_truth_of_the_host()
    {
        var feed = Feed(_options, _learner);
        var episode = await AskForMoodAsync();
        await feed.OfferAsync(episode);

        Assert.Equal(FeedbackOutcome.Accepted, await feed.ReportLabelAsync(episode.Id, "bad"));
        Assert.Equal(FeedbackOutcome.AlreadyReported, await feed.ReportLabelAsync(episode.Id, "good"));
        Assert.Equal(FeedbackOutcome.Unknown, await feed.ReportLabelAsync("another", "good"));

        var lesson = Assert.Single(_learner.Lessons);
        Assert.Equal((episode, "bad", "bad", TruthSource.Host), (lesson.Episode, lesson.Truth.Labels!.Best, lesson.Truth.Response.Text, lesson.Source));
        Assert.Equal(_mood, lesson.Truth.Labels.Space);
    }

    [Fact]
    public async Task What_is_no_label_of_the_request_is_refused_and_can_be_reported_better()
    {
        var feed = Feed(_options, _learner);
        Episode mood = await AskForMoodAsync(), question = await AskAsync("Lyon");
        await feed.OfferAsync(mood);
        await feed.OfferAsync(question);

        var refusal = await Assert.ThrowsAsync<ArgumentException>("label", async () => await feed.ReportLabelAsync(mood.Id, "Bad"));
        await Assert.ThrowsAsync<ArgumentException>("episodeId", async () => await feed.ReportLabelAsync(question.Id, "bad"));
        await Assert.ThrowsAsync<ArgumentException>("label", async () => await feed.ReportLabelAsync(mood.Id, " "));
        await Assert.ThrowsAsync<ArgumentException>("episodeId", async () => await feed.ReportLabelAsync("", "bad"));

        Assert.Contains("none of the labels good, bad", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_learner.Lessons);
        Assert.Equal(FeedbackOutcome.Accepted, await feed.ReportLabelAsync(mood.Id, "bad"));
    }

    [Fact]
    public async Task A_report_needs_an_id_a_truth_and_a_source()
    {
        var feed = Feed(_options, _learner);

        await Assert.ThrowsAsync<ArgumentException>(async () => await feed.ReportAsync(" ", Answer("x"), TruthSource.Host));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await feed.ReportAsync("id", null!, TruthSource.Host));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await feed.ReportAsync("id", Answer("x"), (TruthSource)9));
    }

    private static async Task<Episode> AskForMoodAsync() =>
        (await new Cascade([Tier("small", "good")], Expert("good"))
            .RunAsync(new GenerationRequest(Question.Messages, options: null, _mood))).Episode;
}
