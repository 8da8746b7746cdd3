using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class TimeLimitTests
{
    private readonly FakeTimeProvider _time = new();

    private static ScriptedReply Endless => new("Never") { NeverEnds = true };

    [Fact]
    public void A_limit_that_no_timer_takes_is_refused_before_a_request_meets_it()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CascadeSettings { Timeout = TimeSpan.MaxValue });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CascadeSettings { RestTime = TimeSpan.Zero });
        Assert.Equal(TimeSpan.FromDays(24), new CascadeSettings { Timeout = TimeSpan.FromDays(24) }.Timeout);
    }

    [Fact]
    public async Task A_tier_that_takes_longer_than_its_limit_defers()
    {
        var cascade = new Cascade([Slow("small", Endless, seconds: 2)], Expert("Paris"), Settings());

        var run = cascade.RunAsync(Question).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        var (answer, episode) = await run;

        Assert.Equal("Paris", answer.Response.Text);
        Assert.Equal(["small: timed-out", "expert: expert"], episode.Reasons());
        Assert.IsType<TimeoutException>(episode.Root.Children[0].Failure);
        Assert.Equal(TimeSpan.FromSeconds(2), episode.Root.Children[0].Latency);
        Assert.False(episode.Root.Children[0].IsAbandoned);
    }

    [Fact]
    public async Task The_time_of_decisions_counts()
    {
        var slowJudge = DeferralPolicy.Create(async (_, _, _, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return Verdict.Keep("never");
        });
        var tier = new Tier("small", new ScriptedGenerator("Lyon"), slowJudge) { Timeout = TimeSpan.FromSeconds(2) };

        var run = new Cascade([tier], Expert("Paris"), Settings()).RunAsync(Question).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        var (_, episode) = await run;

        Assert.Equal(["small: timed-out", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task An_expert_that_takes_longer_than_its_limit_has_failed()
    {
        var expert = new Expert(new ScriptedGenerator(_ => Endless, _time)) { Timeout = TimeSpan.FromSeconds(2) };

        var run = new Cascade([], expert, Settings()).RunAsync(Question).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));

        var exception = await Assert.ThrowsAsync<CascadeException>(() => run);
        Assert.IsType<TimeoutException>(exception.InnerException);
        Assert.Equal(EscalationReasons.TimedOut, exception.Attempts[0].Verdict.Reason);
    }

    [Fact]
    public async Task When_the_total_time_passes_nobody_else_is_called()
    {
        var second = new ScriptedGenerator("Lyon");
        var expert = new ScriptedGenerator("Paris");
        var cascade = new Cascade(
            [Slow("small", Endless, seconds: 60), new Tier("large", second, KeepAll)],
            new Expert(expert),
            Settings(total: 5));

        var run = cascade.RunAsync(Question).AsTask();
        _time.Advance(TimeSpan.FromSeconds(5));

        var exception = await Assert.ThrowsAsync<CascadeException>(() => run);
        Assert.All(exception.Attempts, attempt => Assert.Equal(EscalationReasons.Deadline, attempt.Verdict.Reason));
        Assert.IsType<TimeoutException>(exception.InnerException);
        Assert.Equal(0, second.CallCount + expert.CallCount);
    }

    [Fact]
    public async Task An_attempt_sees_the_earliest_of_the_limits_around_it()
    {
        DateTimeOffset? deadline = null;
        var watch = DeferralPolicy.Create((_, _, context, _) =>
        {
            deadline = context.Deadline;
            return new(Verdict.Keep("seen"));
        });
        var start = _time.GetUtcNow();
        var tier = new Tier("small", new ScriptedGenerator("Paris"), watch) { Timeout = TimeSpan.FromSeconds(9) };

        await new Cascade([tier], Expert("x"), Settings(total: 5)).RunAsync(Question);
        Assert.Equal(start.AddSeconds(5), deadline);

        await new Cascade([tier], Expert("x"), Settings()).RunAsync(Question);
        Assert.Equal(start.AddSeconds(9), deadline);
    }

    [Fact]
    public async Task A_call_that_ignores_its_limit_is_left_behind_after_the_grace_time_and_counted_until_it_ends()
    {
        var stubborn = new TaskCompletionSource<Generation>();
        var cascade = new Cascade(
            [new Tier("small", new StubbornGenerator(stubborn), KeepAll) { Timeout = TimeSpan.FromSeconds(2) }],
            Expert("Paris"),
            Settings());

        var run = cascade.RunAsync(Question).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        await WaitForAsync(() => run.IsCompleted || Advance());
        var (answer, episode) = await run;

        Assert.Equal("Paris", answer.Response.Text);
        Assert.True(episode.Root.Children[0].IsAbandoned);
        Assert.Equal(1, cascade.AbandonedCalls);

        stubborn.SetException(new InvalidOperationException("too late"));
        await WaitForAsync(() => cascade.AbandonedCalls == 0);
    }

    [Fact]
    public async Task A_policy_that_outlasts_the_expert_leaves_the_answer_unvouched()
    {
        var slowJudge = DeferralPolicy.Create(async (_, _, _, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return Verdict.Keep("never");
        });
        var expert = new Expert(new ScriptedGenerator("Paris")) { Policy = slowJudge, Timeout = TimeSpan.FromSeconds(2) };

        var run = new Cascade([], expert, Settings()).RunAsync(Question).AsTask();
        _time.Advance(TimeSpan.FromSeconds(2));
        var (answer, episode) = await run;

        Assert.Equal("Paris", answer.Response.Text);
        Assert.True(answer.IsAbstained);
        Assert.Equal(["expert: timed-out"], episode.Reasons());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Limits_are_above_zero(int seconds)
    {
        var limit = TimeSpan.FromSeconds(seconds);

        Assert.Throws<ArgumentOutOfRangeException>(() => new CascadeSettings { Timeout = limit });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CascadeSettings { GraceTime = limit });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CascadeSettings { RestTime = limit });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Expert(new ScriptedGenerator("x")) { Timeout = limit });
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new Tier("a", new ScriptedGenerator("x"), KeepAll) { Timeout = limit });
    }

    internal static async Task WaitForAsync(Func<bool> condition)
    {
        // Once is enough: a condition that others can undo need not hold for a second look.
        for (var i = 0; i < 6000; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        Assert.Fail("The condition did not come true within 30 seconds.");
    }

    private bool Advance()
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return false;
    }

    private Tier Slow(string name, ScriptedReply reply, int seconds) =>
        new(name, new ScriptedGenerator(_ => reply, _time), KeepAll) { Timeout = TimeSpan.FromSeconds(seconds) };

    private CascadeSettings Settings(int? total = null) => new()
    {
        TimeProvider = _time,
        Timeout = total is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private sealed class StubbornGenerator(TaskCompletionSource<Generation> answer) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => new(answer.Task);
    }
}
