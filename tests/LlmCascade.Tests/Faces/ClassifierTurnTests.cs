using System.Threading.Channels;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Testing;
using LlmCascade.Tests.Learning;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Faces;

/// <summary>A stream hands a result out when it is there, and learns it when it is its turn.</summary>
public sealed class ClassifierTurnTests : LearningTest
{
    private static readonly LabelPrompt _mood = new(new LabelSpace("positive", "negative"));

    private readonly Channel<string> _texts = Channel.CreateUnbounded<string>();
    private readonly ScriptedLearner _learner = new();

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    private IEnumerable<(string Text, string? Label, TruthSource Source)> Lessons =>
        _learner.Lessons.Select(lesson => (lesson.Episode.Request.Query, lesson.Truth.Labels?.Best, lesson.Source));

    [Fact]
    public async Task A_result_comes_before_its_lesson_where_more_texts_have_to_look_before_it()
    {
        await using var results = Results(concurrency: 3);

        foreach (var (text, learned) in new[] { ("a", 0), ("b", 0), ("c", 1), ("d", 2) })
        {
            await _texts.Writer.WriteAsync(text, TestToken);
            Assert.True(await results.MoveNextAsync());
            Assert.Equal(text, results.Current.Episode!.Request.Query);
            Assert.Equal(learned, _learner.Lessons.Count);
        }

        _texts.Writer.Complete();
        Assert.False(await results.MoveNextAsync());
        Assert.Equal(["a", "b", "c", "d"], Lessons.Select(lesson => lesson.Text));
    }

    [Fact]
    public async Task With_one_text_at_a_time_a_result_comes_after_its_lesson()
    {
        await using var results = Results(concurrency: 1);
        await _texts.Writer.WriteAsync("a", TestToken);

        Assert.True(await results.MoveNextAsync());

        Assert.Single(_learner.Lessons);
    }

    [Fact]
    public async Task What_was_handed_out_is_learned_when_the_reader_stops()
    {
        await using (var results = Results(concurrency: 3))
        {
            await _texts.Writer.WriteAsync("a", TestToken);
            Assert.True(await results.MoveNextAsync());
        }

        Assert.Equal([("a", "positive", TruthSource.Expert)], Lessons);
    }

    [Fact]
    public async Task A_truth_about_a_result_whose_lesson_has_yet_to_come_takes_its_place()
    {
        var feed = Feed(new LearningOptions(), _learner);
        await using var results = Results(concurrency: 2, feed);
        await _texts.Writer.WriteAsync("a", TestToken);
        Assert.True(await results.MoveNextAsync());

        Assert.Equal(FeedbackOutcome.Accepted, await feed.ReportLabelAsync(results.Current.Episode!.Id, "negative", TestToken));
        await _texts.Writer.WriteAsync("b", TestToken);
        _texts.Writer.Complete();
        Assert.True(await results.MoveNextAsync());
        Assert.False(await results.MoveNextAsync());

        Assert.Equal([("a", "negative", TruthSource.Host), ("b", "positive", TruthSource.Expert)], Lessons);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chat_models_are_asked_about_several_texts_at_once(bool hasStudent)
    {
        const int Concurrency = 5;
        var (active, areAllThere) = (0, new TaskCompletionSource());
        using var model = new CallbackChatClient(async token =>
        {
            if (Interlocked.Increment(ref active) == Concurrency)
            {
                areAllThere.SetResult();
            }

            await areAllThere.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, "positive"));
        });
        var services = new ServiceCollection();
        services.AddChatClient(model);
        services.AddLlmCascade(cascade =>
        {
            cascade.Classify(_mood).LimitExpertShare(0.5);
            _ = hasStudent ? cascade.AddStudent("student") : cascade.AddLearner(_learner);
            cascade.AddTier("small", tier => tier.UseChatClient(model).KeepWhenValid());
        });
        await using var provider = services.BuildServiceProvider();
        var texts = Enumerable.Range(0, Concurrency).Select(i => $"{i}").ToAsyncEnumerable();

        await foreach (var result in provider.GetRequiredService<CascadeClassifier>().ClassifyStreamAsync(texts, Concurrency, cancellationToken: TestToken))
        {
            Assert.Equal(("positive", "small"), (result.Label, result.AnsweredBy));
        }

        Assert.Equal(Concurrency, active);
    }

    private IAsyncEnumerator<Classification> Results(int concurrency, LearningFeed? feed = null)
    {
        feed ??= Feed(new LearningOptions(), _learner);
        var expert = new Expert(new LabelingGenerator(new ScriptedGenerator("positive"), _mood));
        var cascade = new Cascade([], expert, new CascadeSettings { Learn = feed.OfferAsync, Remember = feed.Remember });
        return new CascadeClassifier(cascade, _mood)
            .ClassifyStreamAsync(_texts.Reader.ReadAllAsync(TestToken), concurrency, cancellationToken: TestToken)
            .GetAsyncEnumerator(TestToken);
    }

    private sealed class CallbackChatClient(Func<CancellationToken, Task<ChatResponse>> answer) : DelegatingChatClient(new ScriptedChatClient("unused"))
    {
        public override Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            answer(cancellationToken);
    }
}
