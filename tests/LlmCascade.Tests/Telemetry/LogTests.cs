using System.Diagnostics;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using LlmCascade.Tests.Escalation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Telemetry;

[Collection(nameof(ListeningToSpans))]
public sealed class LogTests
{
    private static readonly ScriptedReply _down = ScriptedReply.Throws(new IOException("down"));

    private readonly FakeLogger _log = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task An_answered_request_is_logged_for_debugging_alone()
    {
        await new Cascade([Tier("small", "Lyon", DeferAll)], Expert("Paris"), Settings()).RunAsync(Question);

        Assert.Equal([(8, LogLevel.Debug), (8, LogLevel.Debug), (7, LogLevel.Debug)], Logged());
        var judged = Records()[0];
        Assert.Equal("small", judged.GetStructuredStateValue("Attempt"));
        Assert.Equal("Tier", judged.GetStructuredStateValue("Role"));
        Assert.Equal("Defer", judged.GetStructuredStateValue("Decision"));
        Assert.Equal("deferred", judged.GetStructuredStateValue("Reason"));
        Assert.Equal("expert", Records()[^1].GetStructuredStateValue("AnsweredBy"));
    }

    [Fact]
    public async Task A_tier_that_fails_is_a_warning()
    {
        await new Cascade([Tier("small", _down)], Expert("Paris"), Settings(LogLevel.Information)).RunAsync(Question);

        Assert.Equal([(2, LogLevel.Warning)], Logged());
        var warning = Records()[0];
        Assert.Equal("small", warning.GetStructuredStateValue("Tier"));
        Assert.Equal("failed", warning.GetStructuredStateValue("Reason"));
        Assert.Equal("System.IO.IOException", warning.GetStructuredStateValue("ErrorType"));
        Assert.Null(warning.Exception);
    }

    [Fact]
    public async Task Exceptions_are_logged_where_the_host_wants_content()
    {
        var settings = Settings(LogLevel.Information) with { EnableSensitiveData = true };

        await Assert.ThrowsAsync<CascadeException>(async () =>
            await new Cascade([Tier("small", _down)], Expert(_down), settings).RunAsync(Question));

        Assert.Equal([(2, LogLevel.Warning), (6, LogLevel.Error)], Logged());
        Assert.IsType<IOException>(Records()[0].Exception);
        Assert.IsType<CascadeException>(Records()[1].Exception);
    }

    [Fact]
    public async Task A_request_that_fails_is_an_error()
    {
        await Assert.ThrowsAsync<CascadeException>(async () =>
            await new Cascade([], Expert(_down), Settings(LogLevel.Information)).RunAsync(Question));

        Assert.Equal([(6, LogLevel.Error)], Logged());
        Assert.Equal("LlmCascade.CascadeException", Records()[0].GetStructuredStateValue("ErrorType"));
        Assert.Null(Records()[0].Exception);
    }

    [Fact]
    public async Task A_request_that_is_cancelled_is_nobodys_failure()
    {
        using var stop = new CancellationTokenSource();
        var cascade = new Cascade([Tier("small", new ScriptedReply("Never") { NeverEnds = true })], Expert("x"), Settings());

        var run = cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal([(8, LogLevel.Debug), (9, LogLevel.Debug)], Logged());
    }

    [Fact]
    public async Task A_tier_that_goes_to_rest_and_comes_back_is_logged_once_each()
    {
        var isDown = true;
        var small = new ScriptedGenerator(_ => isDown ? _down : "Paris");
        var cascade = new Cascade(
            [new Tier("small", small, KeepAll)], Expert("Paris"), Settings(LogLevel.Information) with { RestAfterFailures = 2 });

        await cascade.RunAsync(Question);
        await cascade.RunAsync(Question);
        await cascade.RunAsync(Question);
        _time.Advance(TimeSpan.FromSeconds(30));
        await cascade.RunAsync(Question);
        isDown = false;
        _time.Advance(TimeSpan.FromSeconds(30));
        await cascade.RunAsync(Question);
        await cascade.RunAsync(Question);

        Assert.Equal(
            [
                (2, LogLevel.Warning), (3, LogLevel.Warning), (2, LogLevel.Warning), (2, LogLevel.Warning),
                (4, LogLevel.Information),
            ],
            Logged());
        Assert.All(Records(), record => Assert.Equal("small", record.GetStructuredStateValue("Tier")));
        Assert.All(Records(), record => Assert.Equal("geography", record.GetStructuredStateValue("Cascade")));
    }

    [Fact]
    public async Task A_call_that_is_left_behind_is_a_warning()
    {
        var deaf = new ScriptedReply("Never") { NeverEnds = true, IgnoresCancellation = true };
        var cascade = new Cascade(
            [new Tier("small", new ScriptedGenerator(_ => deaf, _time), KeepAll) { Timeout = TimeSpan.FromSeconds(1) }],
            Expert("Paris"),
            Settings(LogLevel.Information));

        var run = cascade.RunAsync(Question).AsTask();
        await TimeLimitTests.WaitForAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return run.IsCompleted;
        });
        var (_, episode) = await run;

        Assert.Equal([(5, LogLevel.Warning), (2, LogLevel.Warning)], Logged());
        Assert.Equal("small", Records()[0].GetStructuredStateValue("Attempt"));
        Assert.Equal(episode.Id, Records()[0].GetStructuredStateValue("EpisodeId"));
    }

    [Fact]
    public async Task An_observer_that_fails_is_an_error()
    {
        var settings = Settings(LogLevel.Information) with { OnEpisode = _ => throw new IOException("full") };

        await new Cascade([], Expert("Paris"), settings).RunAsync(Question);

        Assert.Equal([(1, LogLevel.Error)], Logged());
    }

    [Fact]
    public async Task What_is_logged_of_a_request_or_an_attempt_belongs_to_its_span()
    {
        using var recorder = new SpanRecorder();
        var seen = new SpanNotingLogger();

        await new Cascade([Tier("small", _down)], Expert("Paris"), new CascadeSettings { Logger = seen, RestAfterFailures = 1 })
            .RunAsync(Question);

        Assert.Equal(
            ["3 invoke_workflow LlmCascade", "8 tier small", "2 tier small", "8 expert expert", "7 invoke_workflow LlmCascade"],
            seen.Notes);
        Assert.Equal(3, recorder.Finish().Count);
    }

    private CascadeSettings Settings(LogLevel least = LogLevel.Trace)
    {
        for (var level = LogLevel.Trace; level < least; level++)
        {
            _log.ControlLevel(level, enabled: false);
        }

        return new() { Name = "geography", Logger = _log, TimeProvider = _time };
    }

    private IReadOnlyList<FakeLogRecord> Records() => _log.Collector.GetSnapshot();

    private IEnumerable<(int Id, LogLevel Level)> Logged() => Records().Select(each => (each.Id.Id, each.Level));

    private sealed class SpanNotingLogger : ILogger
    {
        public List<string> Notes { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Notes.Add($"{eventId.Id} {Activity.Current?.DisplayName}");
    }
}
