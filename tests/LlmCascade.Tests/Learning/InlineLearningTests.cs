using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Persistence;
using LlmCascade.Tests.Persistence;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Learning;

public sealed class InlineLearningTests : LearningTest
{
    private readonly LearningOptions _options = new();
    private readonly ScriptedLearner _learner = new();

    [Fact]
    public async Task A_lesson_has_been_learned_when_its_offer_completes()
    {
        await using var feed = Feed(_options, new ScriptedLearner(async (_, _) => await Task.Yield()), _learner);
        var episode = await AskAsync(null);

        await feed.OfferAsync(episode);

        var lesson = Assert.Single(_learner.Lessons);
        Assert.Equal((episode, "Paris", TruthSource.Expert), (lesson.Episode, lesson.Truth.Response.Text, lesson.Source));
        Assert.Equal((1, 0, 0, 0), Counts());
    }

    [Fact]
    public async Task An_episode_without_a_lesson_teaches_nothing()
    {
        await using var feed = Feed(_options, _learner);

        await feed.OfferAsync(await AskAsync("Lyon"));
        await feed.OfferAsync(await AskAsync(null, options: new CascadeRequestOptions { NoLearning = true }));

        Assert.Empty(_learner.Lessons);
        Assert.Equal((0, 0, 0, 0), Counts());
    }

    [Fact]
    public async Task Lessons_are_learned_one_after_the_other_in_the_order_of_the_offers()
    {
        var slow = new ScriptedLearner(async (_, _) => await Task.Yield());
        await using var feed = Feed(_options, slow, _learner);
        var episodes = await AskManyAsync(500);

        await Task.WhenAll(episodes.Select(episode => feed.OfferAsync(episode).AsTask()));

        var truths = Enumerable.Range(0, 500).Select(i => $"{i}").ToList();
        Assert.Equal(truths, slow.Truths);
        Assert.Equal(truths, _learner.Truths);
        Assert.False(slow.WasShared);
    }

    [Fact]
    public async Task Offered_by_many_at_once_each_lesson_is_learned_once_and_alone()
    {
        var slow = new ScriptedLearner(async (_, _) => await Task.Yield());
        await using var feed = Feed(_options, slow);
        var episodes = await AskManyAsync(500);

        await Parallel.ForEachAsync(episodes, async (episode, token) =>
        {
            await feed.OfferAsync(episode, token);
            Assert.Contains(slow.Lessons, lesson => lesson.Episode == episode);
        });

        Assert.Equal(500, slow.Truths.Distinct().Count());
        Assert.Equal(500, slow.Lessons.Count);
        Assert.False(slow.WasShared);
    }

    [Fact]
    public async Task A_learner_that_fails_reaches_nobody_and_the_others_learn()
    {
        await using var feed = Feed(_options, ScriptedLearner.Throws(new IOException("the text Paris")), _learner);
        var episode = await AskAsync(null);

        await feed.OfferAsync(episode);

        Assert.Single(_learner.Lessons);
        Assert.Equal((0, 1, 0, 0), Counts());
        var record = Assert.Single(Logged);
        Assert.Equal((13, LogLevel.Error), (record.Id.Id, record.Level));
        Assert.Equal("ScriptedLearner", record.GetStructuredStateValue("Learner"));
        Assert.Equal("geography", record.GetStructuredStateValue("Cascade"));
        Assert.Equal(episode.Id, record.GetStructuredStateValue("EpisodeId"));
        Assert.Equal("System.IO.IOException", record.GetStructuredStateValue("ErrorType"));
        Assert.Null(record.Exception);
        Assert.DoesNotContain("Paris", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_exception_says_is_logged_where_the_host_wants_content()
    {
        EnableSensitiveData = true;
        await using var feed = Feed(_options, ScriptedLearner.Throws(new IOException("the text")));

        await feed.OfferAsync(await AskAsync(null));

        Assert.IsType<IOException>(Assert.Single(Logged).Exception);
    }

    [Fact]
    public async Task A_learner_that_is_cancelled_by_itself_has_failed()
    {
        await using var feed = Feed(_options, ScriptedLearner.Throws(new OperationCanceledException()), _learner);

        await feed.OfferAsync(await AskAsync(null));

        Assert.Single(_learner.Lessons);
        Assert.Equal((0, 1, 0, 0), Counts());
    }

    [Fact]
    public async Task A_log_that_fails_ends_no_learning()
    {
        await using var feed = Feed(new BrokenLogger(), _options, ScriptedLearner.Throws(new IOException("down")), _learner);

        await feed.OfferAsync(await AskAsync(null));
        await feed.OfferAsync(await AskAsync(null));

        Assert.Equal(0, await feed.StopAsync());
    }

    [Fact]
    public async Task The_host_says_which_of_the_experts_answers_are_learned()
    {
        AcceptForLearning = episode => !episode.Answer!.Response.Text.Contains('?', StringComparison.Ordinal);
        await using var feed = Feed(_options, _learner);

        await feed.OfferAsync(await AskAsync(null, "Paris?"));
        await feed.OfferAsync(await AskAsync(null, "Paris"));

        Assert.Equal(["Paris"], _learner.Truths);
        Assert.Equal((1, 0, 0, 0), Counts());
    }

    [Fact]
    public async Task A_host_that_cannot_say_it_teaches_nothing_and_hears_of_it()
    {
        AcceptForLearning = _ => throw new IOException("down");
        await using var feed = Feed(_options, _learner);

        await feed.OfferAsync(await AskAsync(null));

        Assert.Empty(_learner.Lessons);
        Assert.Equal((0, 1, 0, 0), Counts());
        var record = Assert.Single(Logged);
        Assert.Equal((13, "AcceptForLearning"), (record.Id.Id, record.GetStructuredStateValue("Learner")));
    }

    [Fact]
    public async Task Who_is_cancelled_waits_no_longer_and_its_lesson_is_learned()
    {
        var gate = new TaskCompletionSource();
        var slow = ScriptedLearner.Waits(gate.Task);
        var feed = Feed(_options, slow);
        using var stop = new CancellationTokenSource();

        var offer = feed.OfferAsync(await AskAsync(null), stop.Token).AsTask();
        Assert.False(offer.IsCompleted);
        await stop.CancelAsync();
        await offer;
        Assert.Empty(slow.Lessons);

        gate.SetResult();
        await feed.BetweenLessonsAsync(() => 0);
        Assert.Single(slow.Lessons);
    }

    [Fact]
    public async Task The_question_is_that_of_the_request_whatever_the_caller_does_to_its_messages_afterwards()
    {
        List<ChatMessage> messages = [new(ChatRole.User, "the question")];
        var episode = (await new Cascade([], Expert("Paris")).RunAsync(new GenerationRequest(messages))).Episode;
        await using var feed = Feed(_options, _learner);

        await feed.OfferAsync(episode);
        messages.Clear();

        Assert.Equal("the question", Assert.Single(_learner.Lessons).Episode.Request.Query);
    }

    [Fact]
    public async Task A_learner_that_asks_the_cascade_itself_does_not_wait_for_itself()
    {
        LearningFeed feed = null!;
        var inner = await AskAsync(null, "inner");
        var asking = new ScriptedLearner(async (lesson, token) =>
        {
            if (lesson.Episode != inner)
            {
                await feed.OfferAsync(inner, token);
            }
        });
        feed = Feed(_options, asking);

        await feed.OfferAsync(await AskAsync(null, "outer"));
        await feed.BetweenLessonsAsync(() => 0);

        Assert.Equal(["outer", "inner"], asking.Truths);
        await feed.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_of_whoever_made_the_feed_is_current_while_lessons_are_learned()
    {
        var current = new AsyncLocal<string> { Value = "the maker's" };
        string? seen = "";
        await using var feed = Feed(_options, new ScriptedLearner((_, _) => { seen = current.Value; return default; }));

        await feed.OfferAsync(await AskAsync(null));

        Assert.Null(seen);
    }

    [Fact]
    public async Task What_is_done_between_lessons_meets_none()
    {
        const int Count = 300;
        var learned = 0;
        ScriptedLearner learner = new(async (_, _) =>
        {
            learned++;
            await Task.Yield();
            learned++;
        });
        await using var feed = Feed(_options, learner);
        var episodes = await AskManyAsync(Count);

        var offers = episodes.Select(episode => feed.OfferAsync(episode).AsTask()).ToList();
        var seen = await feed.BetweenLessonsAsync(() => learned);
        await Task.WhenAll(offers);
        offers = [.. episodes.Select(episode => feed.OfferAsync(episode).AsTask())];
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(0, await feed.BetweenLessonsAsync(() => learned % 2));
        }

        Assert.Equal(2 * Count, seen);
        await Task.WhenAll(offers);
    }

    [Fact]
    public async Task What_is_done_between_lessons_may_fail_and_learning_goes_on()
    {
        await using var feed = Feed(_options, _learner);

        await Assert.ThrowsAsync<IOException>(() => feed.BetweenLessonsAsync<int>(() => throw new IOException("down")));
        await feed.OfferAsync(await AskAsync(null));
        await feed.StopAsync();
        await Assert.ThrowsAsync<IOException>(() => feed.BetweenLessonsAsync<int>(() => throw new IOException("down")));

        Assert.Single(_learner.Lessons);
        Assert.Equal(1, await feed.BetweenLessonsAsync(() => 1));
    }

    [Fact]
    public async Task Checkpoints_saved_while_lessons_are_learned_hold_whole_states()
    {
        using var folder = new TemporaryFolder();
        ScriptedState first = new("0"), second = new("0");
        CheckpointStore Store(ScriptedState a, ScriptedState b) =>
            new(folder.File("learned"), new Dictionary<string, ICheckpointed> { ["first"] = a, ["second"] = b });
        ScriptedLearner learner = new(async (lesson, _) =>
        {
            first.Text = lesson.Truth.Response.Text;
            await Task.Yield();
            second.Text = lesson.Truth.Response.Text;
        });
        await using var feed = Feed(_options, learner);
        var offers = (await AskManyAsync(300)).Select(episode => feed.OfferAsync(episode).AsTask()).ToList();

        var store = Store(first, second);
        while (!Task.WhenAll(offers).IsCompleted)
        {
            await await feed.BetweenLessonsAsync(() => store.SaveAsync());
            ScriptedState a = new(""), b = new("");
            await Store(a, b).LoadAsync();
            Assert.Equal(a.Text, b.Text);
            Assert.NotEqual("", a.Text);
        }
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Options_outside_their_range_are_named(Action<LearningOptions> mistake, string message)
    {
        mistake(_options);

        Assert.Contains(message, Assert.Throws<ArgumentException>(() => Feed(_options)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<Action<LearningOptions>, string> Mistakes => new()
    {
        { options => options.Capacity = 0, "Capacity: 0 is below 1." },
        { options => options.DrainTimeout = TimeSpan.FromSeconds(-1), "DrainTimeout: -00:00:01 is outside the range from zero to 24 days." },
        { options => options.FeedbackCapacity = -1, "FeedbackCapacity: -1 is below 0" },
        { options => options.FeedbackExpiry = TimeSpan.Zero, "FeedbackExpiry: 00:00:00 is not above zero and at most 24 days." },
        { options => options.FeedbackExpiry = TimeSpan.FromDays(25), "FeedbackExpiry: 25.00:00:00 is not above zero and at most 24 days." },
    };

    private sealed class BrokenLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("The log is full.");
    }
}
