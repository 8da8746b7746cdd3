using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class CancellationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancellation_reaches_the_call_in_flight_and_throws(bool inTier)
    {
        var never = new ScriptedReply("Never") { NeverEnds = true };
        var expert = new ScriptedGenerator("Paris");
        var episodes = new EpisodeRecorder();
        var settings = new CascadeSettings { OnEpisode = episodes.Record };
        var cascade = inTier
            ? new Cascade([Tier("small", never)], new Expert(expert), settings)
            : new Cascade([], Expert(never), settings);
        using var stop = new CancellationTokenSource();

        var run = cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask();
        Assert.False(run.IsCompleted);
        await stop.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(stop.Token, exception.CancellationToken);
        Assert.Equal(0, expert.CallCount);
        var attempt = Assert.Single(episodes.Only.Root.Children);
        Assert.Equal(EscalationReasons.Cancelled, attempt.Verdict.Reason);
        Assert.IsAssignableFrom<OperationCanceledException>(attempt.Failure);
        Assert.Equal(UsageState.Unknown, attempt.UsageState);
    }

    [Fact]
    public async Task A_request_that_is_cancelled_before_it_begins_calls_nobody()
    {
        var generator = new ScriptedGenerator("Paris");
        var cascade = new Cascade([new Tier("small", generator, KeepAll)], new Expert(generator));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await cascade.RunAsync(Question, cancellationToken: new CancellationToken(canceled: true)));

        Assert.Equal(0, generator.CallCount);
    }

    [Fact]
    public async Task A_call_that_ignores_cancellation_holds_the_caller_up_for_the_grace_time_only()
    {
        var time = new FakeTimeProvider();
        var deaf = new ScriptedReply("Never") { NeverEnds = true, IgnoresCancellation = true };
        var cascade = new Cascade([], Expert(deaf), new CascadeSettings { TimeProvider = time, GraceTime = TimeSpan.FromSeconds(3) });
        using var stop = new CancellationTokenSource();

        var run = cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask();
        await stop.CancelAsync();
        Assert.False(run.IsCompleted);
        await TimeLimitTests.WaitForAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return run.IsCompleted;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(1, cascade.AbandonedCalls);
    }

    [Fact]
    public async Task A_cancelled_request_says_nothing_about_the_tiers_health()
    {
        var never = new ScriptedReply("Never") { NeverEnds = true };
        var isCancelled = true;
        var generator = new ScriptedGenerator(_ => isCancelled ? never : "Paris");
        var cascade = new Cascade(
            [new Tier("small", generator, KeepAll)], Expert("x"), new CascadeSettings { RestAfterFailures = 1 });
        using var stop = new CancellationTokenSource();
        var run = cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        isCancelled = false;
        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(["small: kept"], episode.Reasons());
    }

    [Fact]
    public async Task An_exception_of_cancellation_that_nobody_asked_for_is_a_failure()
    {
        var cascade = new Cascade([Tier("small", ScriptedReply.Throws(new TaskCanceledException("HTTP timeout")))], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(["small: failed", "expert: expert"], episode.Reasons());
    }
}
