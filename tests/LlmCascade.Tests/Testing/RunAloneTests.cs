using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Testing;

/// <summary>Running one generator without a cascade around it.</summary>
public sealed class RunAloneTests
{
    private static readonly ScriptedReply _paris = new ScriptedReply("Pa", "ris").WithUsage(20, 2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_and_the_attempt_are_there(bool isStreaming)
    {
        var run = await new ScriptedGenerator(_paris).RunAloneAsync(Question, isStreaming, new Prices(1, 10));

        Assert.Equal("Paris", run.Generation.Response.Text);
        Assert.Same(run.Generation, run.Attempt.Generation);
        Assert.Null(run.Failure);
        Assert.Equal((20, 2, 0.00004m), (run.Attempt.Usage?.InputTokenCount, run.Attempt.Usage?.OutputTokenCount, run.Attempt.Cost));
        Assert.Equal("generator (Expert): Keep, expert, 20 + 2 tokens, cost 0.00004", run.ToString().Trim());
    }

    [Fact]
    public async Task A_streaming_caller_sees_what_is_emitted_and_nothing_of_the_cascades_own()
    {
        Assert.Equal(["Pa", "ris", ""], (await new ScriptedGenerator(_paris).RunAloneAsync(Question, isStreaming: true)).Shown.Select(update => update.Text));
        Assert.Empty((await new ScriptedGenerator(_paris).RunAloneAsync(Question)).Shown);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_generator_gets_the_request_as_it_is(bool isStreaming)
    {
        var request = new GenerationRequest(Question.Messages, new ChatOptions { ConversationId = "7" }, new LabelSpace("yes", "no"));
        GenerationRequest? seen = null;

        await new ScriptedGenerator(asked =>
        {
            seen = asked;
            return "yes";
        }).RunAloneAsync(request, isStreaming);

        Assert.Same(request, seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_is_told_not_thrown(bool isStreaming)
    {
        var cut = new IOException("cut");

        var run = await new ScriptedGenerator(_paris with { Failure = cut }).RunAloneAsync(Question, isStreaming);

        Assert.Same(cut, run.Failure);
        Assert.Equal(UsageState.Partial, run.Attempt.UsageState);
        Assert.Equal(isStreaming ? ["Pa", "ris"] : [], run.Shown.Select(update => update.Text));
        Assert.Same(cut, Assert.Throws<InvalidOperationException>(() => run.Generation).InnerException);
        Assert.Contains("IOException", run.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_cancellation_reaches_the_generator_even_one_from_the_start(bool isStreaming, bool isFromTheStart)
    {
        var endless = new ScriptedGenerator(_paris with { NeverEnds = true });
        using var stop = new CancellationTokenSource();
        if (isFromTheStart)
        {
            await stop.CancelAsync();
        }

        var running = endless.RunAloneAsync(Question, isStreaming, cancellationToken: stop.Token);
        await stop.CancelAsync();
        var run = await running;

        Assert.Equal(1, endless.CallCount);
        Assert.IsType<OperationCanceledException>(run.Failure, exactMatch: false);
        Assert.Equal(UsageState.Partial, run.Attempt.UsageState);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_request_asks_of_the_cascade_is_seen_by_the_generator(bool isStreaming)
    {
        var options = new CascadeRequestOptions { Scope = "tenant", Key = "order-17", NoLearning = true, ForceExpert = true };
        var episodes = new EpisodeRecorder();
        var nested = new Cascade([Tier("small", "Lyon")], Expert("Paris"));

        var run = await nested.RunAloneAsync(
            Question, isStreaming, settings: new CascadeSettings { OnEpisode = episodes.Record }, options: options);

        Assert.Equal("Paris", run.Generation.Response.Text);
        Assert.Equal(("tenant", "order-17", false), (episodes.Only.Scope, episodes.Only.Key, episodes.Only.AllowsLearning));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Time_passes_on_the_clock_of_the_settings(bool isStreaming)
    {
        var time = new FakeTimeProvider();
        var deaf = new ScriptedGenerator(new ScriptedReply("Never") { NeverEnds = true, IgnoresCancellation = true });
        var settings = new CascadeSettings { TimeProvider = time, GraceTime = TimeSpan.FromSeconds(3) };
        using var stop = new CancellationTokenSource();

        var run = deaf.RunAloneAsync(Question, isStreaming, settings: settings, cancellationToken: stop.Token);
        await stop.CancelAsync();
        await LlmCascade.Tests.Escalation.TimeLimitTests.WaitForAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return run.IsCompleted;
        });

        Assert.True((await run).Attempt.IsAbandoned);
    }

    [Fact]
    public async Task Children_and_their_costs_are_in_the_attempt()
    {
        var nested = new Cascade([Tier("small", _paris, DeferAll)], new Expert(new ChatClientGenerator(new ScriptedChatClient(_paris))));

        var run = await nested.RunAloneAsync(Question, isStreaming: true);

        Assert.Equal(["small", "expert"], run.Attempt.Children.Select(child => child.Name));
        Assert.Equal(40, run.Attempt.Total().Usage.InputTokenCount);
        Assert.Equal("Paris", string.Concat(run.Shown));
    }
}
