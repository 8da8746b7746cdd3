using System.Diagnostics;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Telemetry;
using LlmCascade.Testing;
using LlmCascade.Tests.Middleware;
using Microsoft.Extensions.AI;
using OpenTelemetry.Trace;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Telemetry;

[Collection(nameof(ListeningToSpans))]
public sealed class SpanNestingTests
{
    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task The_spans_of_chat_clients_stand_below_their_attempts(Mode mode)
    {
        using var recorder = new SpanRecorder();
        var cascade = new Cascade([new Tier("small", Chat("a", "Lyon"), DeferAll)], new Expert(Chat("b", "Paris")));

        await new CascadeChatClient(cascade).AskAsync(mode);

        Assert.Equal(
            ["invoke_workflow LlmCascade", "  tier small", "    chat a", "  expert expert", "    chat b"],
            recorder.Finish().Below(recorder.Caller));
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task Members_that_run_side_by_side_keep_their_spans_apart(Mode mode)
    {
        using var recorder = new SpanRecorder();
        var cascade = new Cascade(
            [new Tier("crowd", new SideBySide(Chat("a", "Paris"), Chat("b", "Paris"), Chat("c", "Paris")), KeepAll)], Expert("x"));

        await new CascadeChatClient(cascade).AskAsync(mode);

        Assert.Equal(
            [
                "invoke_workflow LlmCascade", "  tier crowd", "    member 0", "      chat a", "    member 1", "      chat b",
                "    member 2", "      chat c",
            ],
            recorder.Finish().Below(recorder.Caller));
    }

    [Fact]
    public async Task A_judge_that_a_policy_asks_stands_below_the_tier()
    {
        using var recorder = new SpanRecorder();
        var judge = Chat("j", "yes");
        var policy = DeferralPolicy.Create(async (request, _, context, token) =>
        {
            using var attempt = context.Begin("judge", AttemptRole.Judge);
            await judge.GenerateAsync(request, attempt, token);
            return Verdict.Keep("judged");
        });

        await new Cascade([new Tier("small", Chat("a", "Paris"), policy)], Expert("x")).RunAsync(Question);

        Assert.Equal(
            ["invoke_workflow LlmCascade", "  tier small", "    chat a", "    judge judge", "      chat j"],
            recorder.Finish().Below(recorder.Caller));
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task The_attempts_of_a_nested_cascade_stand_below_the_attempt_that_it_runs_in(Mode mode)
    {
        using var recorder = new SpanRecorder();
        var inner = new Cascade([new Tier("a", Chat("a", "Lyon"), DeferAll)], new Expert(Chat("b", "Paris"), "big"));
        var cascade = new Cascade([new Tier("inner", inner, KeepAll)], Expert("x"));

        await new CascadeChatClient(cascade).AskAsync(mode);

        Assert.Equal(
            ["invoke_workflow LlmCascade", "  tier inner", "    tier a", "      chat a", "    expert big", "      chat b"],
            recorder.Finish().Below(recorder.Caller));
    }

    [Theory]
    [InlineData("tier small")]
    [InlineData("expert expert")]
    public async Task Beginning_and_closing_an_attempt_leaves_the_current_activity_alone(string name)
    {
        using var recorder = new SpanRecorder();
        List<Activity?> seen = [];
        var generator = new Watching(seen, recorder.Caller);

        await (name == "tier small"
            ? new Cascade([new Tier("small", generator, KeepAll)], Expert("x"))
            : new Cascade([], new Expert(generator))).RunAsync(Question);

        var attempt = recorder.Finish().Named(name);
        Assert.Equal([attempt, attempt, attempt, recorder.Caller], seen);
        Assert.Same(recorder.Caller, Activity.Current);
    }

    [Fact]
    public async Task Between_the_updates_of_a_stream_the_consumers_activity_is_current()
    {
        using var recorder = new SpanRecorder();
        var client = new CascadeChatClient(new Cascade(
            [Tier("small", "Lyon", DeferAll)], new Expert(Chat("b", new ScriptedReply("Pa", "ris")))));

        await foreach (var _ in client.GetStreamingResponseAsync("?"))
        {
            Assert.Same(recorder.Caller, Activity.Current);
        }

        Assert.Same(recorder.Caller, Activity.Current);
        Assert.NotEmpty(recorder.Finish());
    }

    [Fact]
    public async Task Observers_of_episodes_see_the_callers_activity()
    {
        using var recorder = new SpanRecorder();
        Activity? seen = null;

        await new Cascade([], Expert("Paris"), new CascadeSettings { OnEpisode = _ => seen = Activity.Current }).RunAsync(Question);

        Assert.Same(recorder.Caller, seen);
    }

    [Fact]
    public async Task A_request_that_is_not_sampled_has_no_spans_below_and_gets_in_nobodys_way()
    {
        using var recorder = new SpanRecorder(new NoWorkflows());
        var cascade = new Cascade([new Tier("small", Chat("a", "Lyon"), DeferAll)], new Expert(Chat("b", "Paris")));

        await cascade.RunAsync(Question);

        Assert.Equal(["chat a", "chat b"], recorder.Finish().Below(recorder.Caller));
    }

    [Fact]
    public async Task Without_listeners_there_are_no_spans()
    {
        List<Activity?> seen = [];

        await new Cascade([new Tier("small", new Watching(seen), KeepAll)], Expert("x")).RunAsync(Question);

        Assert.Equal([null, null, null, null], seen);
    }

    [Fact]
    public void Without_listeners_nothing_is_made_to_be_thrown_away()
    {
        var instruments = new Instruments(factory: null, "unheard");
        var root = new Attempt("cascade", AttemptRole.Cascade)
        {
            Children = [new("small", AttemptRole.Tier) { Usage = new() { InputTokenCount = 1 }, Cost = 1 }],
        };
        Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run()
        {
            for (var i = 0; i < 100; i++)
            {
                Assert.Null(Spans.StartRequest("unheard", messages: null));
                Assert.Null(Spans.StartAttempt(AttemptRole.Tier, "small", parent: null));
                instruments.Record(root);
            }
        }
    }

    private static ChatClientGenerator Chat(string model, ScriptedReply reply) => new(
        new ScriptedChatClient(reply).AsBuilder().UseOpenTelemetry(sourceName: SpanRecorder.ChatSource).Build())
    {
        ModelId = model,
    };

    /// <summary>Begins all its members before it asks the first, as an ensemble does.</summary>
    private sealed class SideBySide(params IGenerator[] members) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            var attempts = members.Select((_, i) => context.Begin($"{i}", AttemptRole.Member)).ToArray();
            var answers = await Task.WhenAll(members.Select((member, i) => Task.Run(
                async () => await member.GenerateAsync(request, attempts[i], cancellationToken), cancellationToken)));
            foreach (var attempt in attempts)
            {
                attempt.Dispose();
            }

            return answers[0];
        }
    }

    private sealed class Watching(List<Activity?> seen, Activity? other = null) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            seen.Add(Activity.Current);
            var first = context.Begin("first", AttemptRole.Member);
            var second = context.Begin("second", AttemptRole.Member);
            seen.Add(Activity.Current);
            first.Dispose();
            seen.Add(Activity.Current);
            Activity.Current = other;
            second.Dispose();
            seen.Add(Activity.Current);
            return new(new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paris"))));
        }
    }

    private sealed class NoWorkflows : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) => new(
            !samplingParameters.Name.StartsWith("invoke_workflow", StringComparison.Ordinal));
    }
}
