using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class HealthTests
{
    [Fact]
    public async Task A_broken_policy_and_a_reason_that_sounds_like_failure_leave_the_tier_healthy()
    {
        var cascade = new Cascade([Tier("small", "Lyon", DeferralPolicy.DeferWhen((_, _) => true, "failed"))], Expert("Paris"));

        for (var i = 0; i < 7; i++)
        {
            var (_, episode) = await cascade.RunAsync(Question);
            Assert.Equal(["small: failed", "expert: expert"], episode.Reasons());
        }
    }

    [Fact]
    public async Task Time_that_others_used_up_does_not_send_a_tier_to_rest()
    {
        var isSlow = true;
        ScriptedReply Reply() => isSlow ? new ScriptedReply("Never") { NeverEnds = true } : "Paris";
        var slow = new Tier("slow", new ScriptedGenerator(_ => Reply()), KeepAll) { Timeout = TimeSpan.FromMilliseconds(300) };
        var hurried = new Tier("hurried", new ScriptedGenerator(_ => Reply()), KeepAll);
        var settings = new CascadeSettings { Timeout = TimeSpan.FromMilliseconds(400), RestAfterFailures = 1 };
        var cascade = new Cascade([slow, hurried], Expert("x"), settings);

        await Assert.ThrowsAsync<CascadeException>(async () => await cascade.RunAsync(Question));
        isSlow = false;
        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(["slow: resting", "hurried: kept"], episode.Reasons());
    }

    [Fact]
    public async Task A_tier_that_uses_up_the_total_time_itself_goes_to_rest()
    {
        var never = new ScriptedReply("Never") { NeverEnds = true };
        var settings = new CascadeSettings { Timeout = TimeSpan.FromMilliseconds(50), RestAfterFailures = 1 };
        var cascade = new Cascade([Tier("small", never)], Expert("Paris"), settings);

        await Assert.ThrowsAsync<CascadeException>(async () => await cascade.RunAsync(Question));
        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(["small: resting", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task A_tier_that_ignores_its_limit_leaves_the_expert_time_to_answer()
    {
        var deaf = new ScriptedReply("Never") { NeverEnds = true, IgnoresCancellation = true };
        var tier = new Tier("small", new ScriptedGenerator(deaf), KeepAll) { Timeout = TimeSpan.FromMilliseconds(50) };
        var settings = new CascadeSettings { Timeout = TimeSpan.FromSeconds(1), GraceTime = TimeSpan.FromSeconds(5) };

        var (answer, episode) = await new Cascade([tier], Expert("Paris"), settings).RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
        Assert.Equal(["small: timed-out", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task Who_blocks_the_thread_beyond_the_limit_is_as_late_as_anybody_else()
    {
        using var wait = new ManualResetEventSlim();
        var blocking = new ScriptedGenerator(_ =>
        {
            wait.Wait(TimeSpan.FromMilliseconds(100));
            return "Lyon";
        });
        var tier = new Tier("small", blocking, KeepAll) { Timeout = TimeSpan.FromMilliseconds(10) };

        var (answer, episode) = await new Cascade([tier], Expert("Paris")).RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
        Assert.Equal(["small: timed-out", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task A_cancellation_callback_that_throws_harms_nobody()
    {
        var tier = new Tier("small", new BadCallback(), KeepAll) { Timeout = TimeSpan.FromMilliseconds(20) };

        var (answer, _) = await new Cascade([tier], Expert("Paris")).RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
    }

    private sealed class BadCallback : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            using var registration = cancellationToken.Register(() => throw new InvalidOperationException("bad callback"));
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("never");
        }
    }
}
