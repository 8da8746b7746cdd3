using System.Diagnostics;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using LlmCascade.Tests.Escalation;
using LlmCascade.Tests.Middleware;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Telemetry;

[Collection(nameof(ListeningToSpans))]
public sealed class SpanTests
{
    private static readonly Prices _prices = new(1_000_000, 2_000_000);

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task A_request_is_a_span_and_each_attempt_is_one_below_it(Mode mode)
    {
        using var recorder = new SpanRecorder();
        Episode? episode = null;
        var cascade = new Cascade(
            [Priced("small", Unsure, new ThresholdPolicy(0.8))],
            new Expert(new ScriptedGenerator(new ScriptedReply("Paris").WithUsage(20, 2))) { Prices = _prices },
            new CascadeSettings { Name = "geography", OnEpisode = each => episode = each });

        await new CascadeChatClient(cascade).AskAsync(mode);

        var spans = recorder.Finish();
        Assert.Equal(["invoke_workflow geography", "  tier small", "  expert expert"], spans.Below(recorder.Caller));
        Assert.All(spans, span => Assert.Equal((ActivityKind.Internal, ActivityStatusCode.Unset), (span.Kind, span.Status)));
        Assert.Equal(
            new()
            {
                ["gen_ai.operation.name"] = "invoke_workflow",
                ["gen_ai.agent.name"] = "geography",
                ["llmcascade.episode.id"] = episode!.Id,
                ["llmcascade.answered_by"] = "expert",
                ["llmcascade.decision"] = "keep",
                ["llmcascade.reason"] = "expert",
                ["gen_ai.response.finish_reasons"] = new[] { "stop" },
                ["gen_ai.usage.input_tokens"] = 30L,
                ["gen_ai.usage.output_tokens"] = 3L,
                ["llmcascade.usage.complete"] = true,
                ["llmcascade.cost"] = 36d,
                ["llmcascade.cost.complete"] = true,
            },
            spans.Named("invoke_workflow geography").TagObjects.ToDictionary());
        Assert.Equal(
            new()
            {
                ["llmcascade.attempt.name"] = "small",
                ["llmcascade.attempt.role"] = "tier",
                ["llmcascade.decision"] = "defer",
                ["llmcascade.reason"] = "below-threshold",
                ["llmcascade.confidence"] = 0.5,
                ["llmcascade.confidence.source"] = "measured",
                ["gen_ai.response.finish_reasons"] = new[] { "stop" },
                ["gen_ai.usage.input_tokens"] = 10L,
                ["gen_ai.usage.output_tokens"] = 1L,
                ["llmcascade.usage.state"] = "reported",
                ["llmcascade.cost"] = 12d,
                ["llmcascade.cost.complete"] = true,
            },
            spans.Named("tier small").TagObjects.ToDictionary());
    }

    [Fact]
    public async Task What_a_response_says_about_itself_stands_on_its_attempt()
    {
        using var recorder = new SpanRecorder();
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paris"))
        {
            ResponseId = "r-1",
            ModelId = "large-2",
            FinishReason = ChatFinishReason.Stop,
            Usage = new() { InputTokenCount = 9, CachedInputTokenCount = 4, OutputTokenCount = 5, ReasoningTokenCount = 3 },
        };

        await new Cascade([], new Expert(new Fixed(response))).RunAsync(Question);

        var tags = recorder.Finish().Named("expert expert").TagObjects.ToDictionary();
        Assert.Equal("r-1", tags["gen_ai.response.id"]);
        Assert.Equal("large-2", tags["gen_ai.response.model"]);
        Assert.Equal(4L, tags["gen_ai.usage.cache_read.input_tokens"]);
        Assert.Equal(3L, tags["gen_ai.usage.reasoning.output_tokens"]);
    }

    [Fact]
    public async Task Every_verdict_is_an_evaluation_of_its_attempt()
    {
        using var recorder = new SpanRecorder();
        var cascade = new Cascade([Priced("small", Unsure, new ThresholdPolicy(0.8))], Expert("Paris"));

        await cascade.RunAsync(Question);

        var spans = recorder.Finish();
        Assert.Equal([("llmcascade.deferral", "defer", "below-threshold", 0.5)], spans.Named("tier small").Evaluations());
        Assert.Equal([("llmcascade.deferral", "keep", "expert", null)], spans.Named("expert expert").Evaluations());
        Assert.Empty(spans.Named("invoke_workflow LlmCascade").Evaluations());
    }

    [Fact]
    public async Task An_evaluation_names_the_response_that_it_is_about()
    {
        using var recorder = new SpanRecorder();
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paris")) { ResponseId = "r-1" };

        await new Cascade([], new Expert(new Fixed(response))).RunAsync(Question);

        var evaluation = Assert.Single(recorder.Finish().Named("expert expert").Events);
        Assert.Contains(KeyValuePair.Create<string, object?>("gen_ai.response.id", "r-1"), evaluation.Tags);
    }

    [Fact]
    public async Task A_tier_that_fails_is_an_error_and_the_request_is_none()
    {
        using var recorder = new SpanRecorder();
        var cascade = new Cascade([Tier("small", ScriptedReply.Throws(new IOException("down")))], Expert("Paris"));

        await cascade.RunAsync(Question);

        var spans = recorder.Finish();
        Assert.Equal(ActivityStatusCode.Error, spans.Named("tier small").Status);
        Assert.Equal("System.IO.IOException", spans.Named("tier small").GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Unset, spans.Named("invoke_workflow LlmCascade").Status);
        Assert.Null(spans.Named("invoke_workflow LlmCascade").GetTagItem("error.type"));
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task A_request_that_fails_is_an_error(Mode mode)
    {
        using var recorder = new SpanRecorder();
        var client = new CascadeChatClient(new Cascade([], Expert(ScriptedReply.Throws(new IOException("down")))));

        await Assert.ThrowsAsync<CascadeException>(() => client.AskAsync(mode));

        var spans = recorder.Finish();
        var request = spans.Named("invoke_workflow LlmCascade");
        Assert.Equal(ActivityStatusCode.Error, request.Status);
        Assert.Equal("LlmCascade.CascadeException", request.GetTagItem("error.type"));
        Assert.Equal("failed", request.GetTagItem("llmcascade.reason"));
        Assert.Null(request.GetTagItem("llmcascade.answered_by"));
        Assert.Equal("System.IO.IOException", spans.Named("expert expert").GetTagItem("error.type"));
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task A_request_that_is_cancelled_ends_its_spans(Mode mode)
    {
        using var recorder = new SpanRecorder();
        using var stop = new CancellationTokenSource();
        var isAsked = new TaskCompletionSource();
        var never = new ScriptedGenerator(_ =>
        {
            isAsked.SetResult();
            return new ScriptedReply("Never") { NeverEnds = true };
        });
        var client = new CascadeChatClient(new Cascade([new Tier("small", never, KeepAll)], Expert("x")));

        var run = mode == Mode.Buffered
            ? client.GetResponseAsync("?", cancellationToken: stop.Token)
            : client.GetStreamingResponseAsync("?", cancellationToken: stop.Token).ToChatResponseAsync();
        await isAsked.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        var spans = recorder.Finish();
        Assert.Equal(["invoke_workflow LlmCascade", "  tier small"], spans.Below(recorder.Caller));
        Assert.All(spans, span => Assert.Equal("cancelled", span.GetTagItem("llmcascade.reason")));
        Assert.All(spans, span => Assert.Equal(ActivityStatusCode.Error, span.Status));
        Assert.Empty(spans.Named("tier small").Evaluations());
    }

    [Fact]
    public async Task An_attempt_that_is_skipped_says_why()
    {
        var cascade = new Cascade(
            [Tier("small", ScriptedReply.Throws(new IOException("down")))],
            Expert("Paris"),
            new CascadeSettings { RestAfterFailures = 1 });
        await cascade.RunAsync(Question);
        using var recorder = new SpanRecorder();

        await cascade.RunAsync(Question);

        var span = recorder.Finish().Named("tier small");
        Assert.Equal("resting", span.GetTagItem("llmcascade.reason"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Null(span.GetTagItem("llmcascade.usage.state"));
    }

    [Fact]
    public async Task What_an_abandoned_call_does_later_changes_no_span_and_begins_none()
    {
        using var recorder = new SpanRecorder();
        var time = new FakeTimeProvider();
        var stubborn = new Stubborn();
        var cascade = new Cascade(
            [new Tier("small", stubborn, KeepAll) { Timeout = TimeSpan.FromSeconds(2) }],
            Expert("Paris"),
            new CascadeSettings { TimeProvider = time });
        var run = cascade.RunAsync(Question).AsTask();
        await TimeLimitTests.WaitForAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return run.IsCompleted;
        });
        await run;

        stubborn.GoOn.SetResult();
        await stubborn.Done.Task;
        await TimeLimitTests.WaitForAsync(() => cascade.AbandonedCalls == 0);

        var spans = recorder.Finish();
        Assert.Equal(["invoke_workflow LlmCascade", "  tier small", "    member early", "  expert expert"], spans.Below(recorder.Caller));
        var tier = spans.Named("tier small");
        Assert.Equal(true, tier.GetTagItem("llmcascade.abandoned"));
        Assert.Equal("timed-out", tier.GetTagItem("llmcascade.reason"));
        Assert.Equal("System.TimeoutException", tier.GetTagItem("error.type"));
        Assert.Null(tier.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Null(spans.Named("member early").GetTagItem("gen_ai.response.finish_reasons"));
    }

    private static ScriptedReply Unsure => new ScriptedReply("Lyon") { Confidence = Confidence.Measured(0.5) }.WithUsage(10, 1);

    private static Tier Priced(string name, ScriptedReply reply, IDeferralPolicy policy) =>
        new(name, new ScriptedGenerator(reply), policy) { Prices = _prices };

    private sealed class Fixed(ChatResponse response) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            new(new Generation(response));
    }

    private sealed class Stubborn : IGenerator
    {
        public TaskCompletionSource GoOn { get; } = new();

        public TaskCompletionSource Done { get; } = new();

        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            var early = context.Begin("early", AttemptRole.Member);
            await GoOn.Task;
            var answer = await new ScriptedGenerator(new ScriptedReply("Lyon").WithUsage(10, 1)).GenerateAsync(
                request, early, CancellationToken.None);
            early.Answered(answer);
            early.Dispose();
            using (var late = context.Begin("late", AttemptRole.Member))
            {
                await new ChatClientGenerator(new ScriptedChatClient("Lyon")).GenerateAsync(request, late, CancellationToken.None);
            }

            context.Paid(new UsageDetails { InputTokenCount = 10 });
            Done.SetResult();
            return answer;
        }
    }
}
