using System.Diagnostics.Metrics;
using LlmCascade.Escalation;
using LlmCascade.Telemetry;
using LlmCascade.Testing;
using LlmCascade.Tests.Escalation;
using LlmCascade.Tests.Middleware;
using LlmCascade.Tests.Registration;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Telemetry;

public sealed class InstrumentTests : IDisposable
{
    private static readonly string[] _knownTags =
    [
        "llmcascade.cascade.name", "llmcascade.answered_by", "llmcascade.attempt.name", "llmcascade.attempt.role",
        "llmcascade.decision", "llmcascade.reason", "llmcascade.usage.state", "gen_ai.token.type", "error.type",
    ];

    private readonly Meters _meters = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _meters.Dispose();

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task Two_requests_add_up_exactly_nested_attempts_counted_once(Mode mode)
    {
        var client = new CascadeChatClient(Nested());

        await client.AskAsync(mode);
        await client.AskAsync(mode);

        Assert.Equal(
            [("outer, inner, -", 22)],
            _meters.Sums("llmcascade.request.duration", "llmcascade.cascade.name", "llmcascade.answered_by", "error.type"));
        Assert.Equal(
            [
                ("outer, first, tier, defer, deferred", 2),
                ("outer, inner, tier, keep, authoritative", 20),
                ("outer, a, tier, defer, deferred", 4),
                ("outer, big, expert, keep, expert", 16),
            ],
            _meters.Sums(
                "llmcascade.attempt.duration",
                "llmcascade.cascade.name", "llmcascade.attempt.name", "llmcascade.attempt.role", "llmcascade.decision", "llmcascade.reason"));
        Assert.Equal(
            [
                ("first, input, reported", 20), ("first, output, reported", 2),
                ("a, input, reported", 40), ("a, output, reported", 4),
                ("big, input, reported", 200), ("big, output, reported", 20),
            ],
            _meters.Sums("llmcascade.token.usage", "llmcascade.attempt.name", "gen_ai.token.type", "llmcascade.usage.state"));
        Assert.Equal(
            [("first, tier", 22), ("a, tier", 44), ("big, expert", 220)],
            _meters.Sums("llmcascade.cost", "llmcascade.attempt.name", "llmcascade.attempt.role"));
        Assert.Equal(
            [("first, defer", 0.5), ("a, defer", 1)],
            _meters.Sums("llmcascade.attempt.confidence", "llmcascade.attempt.name", "llmcascade.decision"));
    }

    [Fact]
    public async Task A_request_that_fails_is_recorded_with_all_that_it_cost()
    {
        var cascade = new Cascade(
            [Paying("small", seconds: 1, tokens: 10, Sure(0.25), DeferAll)],
            new Expert(Takes(2, ScriptedReply.Throws(new IOException("down")))),
            Settings("outer"));

        await Assert.ThrowsAsync<CascadeException>(async () => await cascade.RunAsync(Question));

        Assert.Equal(
            [("-, LlmCascade.CascadeException", 3)],
            _meters.Sums("llmcascade.request.duration", "llmcascade.answered_by", "error.type"));
        Assert.Equal(
            [("small, deferred, -", 1), ("expert, failed, System.IO.IOException", 2)],
            _meters.Sums("llmcascade.attempt.duration", "llmcascade.attempt.name", "llmcascade.reason", "error.type"));
        Assert.Equal([("input", 10), ("output", 1)], _meters.Sums("llmcascade.token.usage", "gen_ai.token.type"));
    }

    [Fact]
    public async Task A_request_that_is_cancelled_is_recorded()
    {
        using var stop = new CancellationTokenSource();
        var cascade = new Cascade([], Expert(new ScriptedReply("Never") { NeverEnds = true }), Settings("outer"));

        var run = cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask();
        _time.Advance(TimeSpan.FromSeconds(4));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal(
            [("-, System.OperationCanceledException", 4)],
            _meters.Sums("llmcascade.request.duration", "llmcascade.answered_by", "error.type"));
        Assert.Equal(
            [("no_opinion, cancelled", 4)],
            _meters.Sums("llmcascade.attempt.duration", "llmcascade.decision", "llmcascade.reason"));
    }

    [Fact]
    public async Task A_request_whose_consumer_leaves_was_answered_by_nobody()
    {
        var chunks = Enumerable.Repeat("Paris ", 1000).ToArray();
        var client = new CascadeChatClient(new Cascade([Tier("small", new ScriptedReply(chunks))], Expert("x"), Settings("outer")));

        await foreach (var _ in client.GetStreamingResponseAsync("?"))
        {
            break;
        }

        Assert.Equal([("-", 0)], _meters.Sums("llmcascade.request.duration", "llmcascade.answered_by"));
        Assert.Equal([("small, keep", 0)], _meters.Sums("llmcascade.attempt.duration", "llmcascade.attempt.name", "llmcascade.decision"));
    }

    [Fact]
    public async Task Tags_are_few_and_hold_nothing_that_a_request_brings_along()
    {
        var cascade = Nested();
        var request = new GenerationRequest([new(ChatRole.User, "a question")], new ChatOptions { ModelId = "a model" });

        var (_, episode) = await cascade.RunAsync(request, new() { Scope = "a tenant", Key = "a key" });
        await Assert.ThrowsAsync<CascadeException>(async () =>
            await new Cascade([], Expert(ScriptedReply.Throws(new IOException("down"))), Settings("outer")).RunAsync(request));

        var tags = _meters.Measurements.SelectMany(each => each.Tags).ToList();
        Assert.Equal(_knownTags.Order(), tags.Select(tag => tag.Key).Distinct().Order());
        Assert.DoesNotContain(tags, tag => tag.Value is "a tenant" or "a key" or "a question" or "a model" || Equals(tag.Value, episode.Id));
        Assert.All(tags, tag => Assert.IsType<string>(tag.Value));
    }

    [Fact]
    public async Task The_time_to_the_first_step_is_measured_where_work_is_done_step_by_step()
    {
        var local = new ScriptedGenerator(request =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return request.Messages[^1].Role == ChatRole.User && request.Messages.Count > 1 ? "Answer: 1" : "one";
        });
        var settings = new CascadeSettings { Name = "outer", TimeProvider = _time, MeterFactory = _meters.Factory };

        await StepwiseCascade.Create(new Cascade([new Tier("local", local, KeepAll)], Expert("?"), settings)).RunAsync(Question);

        Assert.Equal([("outer", 3)], _meters.Sums("llmcascade.first_step.duration", "llmcascade.cascade.name"));
    }

    [Fact]
    public async Task Names_units_and_buckets_are_those_of_the_documentation()
    {
        await Nested().RunAsync(Question);
        using var listener = new MeterListener();
        List<Instrument> found = [];
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Scope == _meters.Factory)
            {
                found.Add(instrument);
            }
        };
        listener.Start();

        Assert.Equal(
            [
                "llmcascade.attempt.confidence 1", "llmcascade.attempt.duration s", "llmcascade.calls.abandoned {call}",
                "llmcascade.cost {currency}", "llmcascade.first_step.duration s", "llmcascade.lessons {lesson}", "llmcascade.lessons.waiting {lesson}",
                "llmcascade.request.duration s", "llmcascade.shadows.skipped {request}", "llmcascade.token.usage {token}",
            ],
            found.Select(each => $"{each.Name} {each.Unit}").Order());
        Assert.All(found, each => Assert.Equal("LlmCascade", each.Meter.Name));
        Assert.Equal(81.92, BucketsOf("llmcascade.request.duration")[^1]);
        Assert.Equal(81.92, BucketsOf("llmcascade.attempt.duration")[^1]);
        Assert.Equal(1, BucketsOf("llmcascade.attempt.confidence")[^1]);

        IReadOnlyList<double> BucketsOf(string name) =>
            Assert.IsType<Histogram<double>>(found.Single(each => each.Name == name)).Advice!.HistogramBucketBoundaries!;
    }

    [Fact]
    public async Task Containers_do_not_see_each_others_requests_and_a_cascade_keeps_its_name()
    {
        await using var one = Container("one");
        await using var other = Container("other");
        using var ofOne = Requests(one);
        using var ofOther = Requests(other);

        await one.GetRequiredService<IChatClient>().GetResponseAsync("?");
        await one.GetRequiredKeyedService<IChatClient>("one").GetResponseAsync("?");

        Assert.Equal(
            ["LlmCascade", "one"], ofOne.GetMeasurementSnapshot().Select(each => each.Tags["llmcascade.cascade.name"]));
        Assert.Empty(ofOther.GetMeasurementSnapshot());

        static MetricCollector<double> Requests(IServiceProvider services) => new(
            services.GetRequiredService<IMeterFactory>(), CascadeTelemetry.MeterName, "llmcascade.request.duration");
    }

    [Fact]
    public async Task Without_a_factory_the_process_has_one_meter()
    {
        var name = $"{Guid.NewGuid()}";
        using var collector = new MetricCollector<double>(
            meterScope: null, CascadeTelemetry.MeterName, "llmcascade.request.duration");

        await new Cascade([], Expert("Paris"), new CascadeSettings { Name = name }).RunAsync(Question);
        await new Cascade([], Expert("Paris"), new CascadeSettings { Name = name }).RunAsync(Question);

        Assert.Equal(2, collector.GetMeasurementSnapshot().Count(each => name.Equals(each.Tags["llmcascade.cascade.name"])));
    }

    [Fact]
    public async Task Calls_that_were_left_behind_are_counted_until_they_end()
    {
        using var collector = new MetricCollector<long>(_meters.Factory, CascadeTelemetry.MeterName, "llmcascade.calls.abandoned");
        var stubborn = new TaskCompletionSource<Generation>();
        var cascade = new Cascade(
            [new Tier("small", new Stubborn(stubborn), KeepAll) { Timeout = TimeSpan.FromSeconds(2) }], Expert("Paris"), Settings("outer"));

        var run = cascade.RunAsync(Question).AsTask();
        await TimeLimitTests.WaitForAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return run.IsCompleted;
        });
        await run;
        Assert.Equal([1], collector.GetMeasurementSnapshot().Select(each => each.Value));

        stubborn.SetException(new InvalidOperationException("too late"));
        await TimeLimitTests.WaitForAsync(() => collector.GetMeasurementSnapshot().Count > 1);
        Assert.Equal([1, -1], collector.GetMeasurementSnapshot().Select(each => each.Value));
        Assert.All(collector.GetMeasurementSnapshot(), each => Assert.Equal("outer", each.Tags["llmcascade.cascade.name"]));
    }

    [Fact]
    public void A_shadow_run_is_marked_and_is_no_request_of_its_own()
    {
        var root = new Attempt("cascade", AttemptRole.Cascade)
        {
            Children =
            [
                new("small", AttemptRole.Tier)
                {
                    Usage = new() { InputTokenCount = 7 },
                    UsageState = UsageState.Reported,
                    Cost = 2,
                    Verdict = Verdict.Keep("kept", Confidence.Measured(0.9)),
                },
            ],
        };

        new Instruments(_meters.Factory, "outer").Record(root, isShadow: true);

        Assert.Equal(
            ["llmcascade.attempt.confidence", "llmcascade.attempt.duration", "llmcascade.cost", "llmcascade.token.usage"],
            _meters.Measurements.Select(each => each.Instrument).Order());
        Assert.All(_meters.Measurements, each => Assert.Equal(true, each.Tags["llmcascade.shadow"]));
    }

    // Each call takes its seconds on the fake clock while it is asked, so that nobody waits.
    private Cascade Nested()
    {
        var inner = new Cascade(
            [Paying("a", seconds: 2, tokens: 20, Sure(0.5), DeferAll)],
            new Expert(Takes(8, new ScriptedReply("Paris").WithUsage(100, 10)), "big") { Prices = new(1_000_000, 1_000_000) },
            Settings("inner"));
        return new Cascade(
            [Paying("first", seconds: 1, tokens: 10, Sure(0.25), DeferAll), new Tier("inner", inner, KeepAll)], Expert("x"), Settings("outer"));
    }

    private Tier Paying(string name, int seconds, long tokens, Confidence confidence, IDeferralPolicy policy) => new(
        name, Takes(seconds, new ScriptedReply("Lyon") { Confidence = confidence }.WithUsage(tokens, tokens / 10)), policy)
    {
        Prices = new Prices(1_000_000, 1_000_000),
    };

    private ScriptedGenerator Takes(int seconds, ScriptedReply reply) => new(_ =>
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return reply;
    });

    private CascadeSettings Settings(string name) =>
        new() { Name = name, TimeProvider = _time, MeterFactory = _meters.Factory };

    private static Confidence Sure(double value) => Confidence.Measured(value);

    private static ServiceProvider Container(string name) => Starting.BuildServices(services =>
    {
        services.AddMetrics();
        services.AddChatClient(Starting.Client());
        services.AddLlmCascade(cascade => cascade.AddTier("small", tier => tier.UseChatClient(Starting.Client()).KeepWhenValid()));
        services.AddLlmCascade(name, cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(Starting.Client()).KeepWhenValid())
            .Expert(expert => expert.UseChatClient(Starting.Client())));
    });

    private sealed class Stubborn(TaskCompletionSource<Generation> answer) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => new(answer.Task);
    }
}
