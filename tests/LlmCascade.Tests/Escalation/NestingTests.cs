using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class NestingTests
{
    private static readonly Prices _perCall = new(perCall: 1);

    [Fact]
    public async Task Attempts_of_an_inner_cascade_are_children_and_their_costs_add_up()
    {
        var inner = new Cascade([Priced("inner-small", DeferAll), Priced("inner-large", KeepAll)], Expert("x"));
        var cascade = new Cascade([Priced("outer-small", DeferAll), new Tier("inner", inner, KeepAll)], Expert("y"));

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(["outer-small: deferred", "inner: kept"], episode.Reasons());
        Assert.Equal(["inner-small", "inner-large"], episode.Root.Children[1].Children.Select(child => child.Name));
        Assert.Null(episode.Root.Children[1].Cost);
        Assert.Equal(3, episode.Root.Total().Cost);
        Assert.Equal(30, episode.Root.Total().Usage.InputTokenCount);
        Assert.True(episode.Root.Total().IsCostComplete);
    }

    [Fact]
    public async Task The_answer_of_an_inner_expert_is_kept_unasked()
    {
        var inner = new Cascade([], Expert("Paris"));

        var (answer, episode) = await new Cascade([new Tier("inner", inner, DeferAll)], Expert("y")).RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
        Assert.True(answer.IsAuthoritative);
        Assert.Equal(["inner: authoritative"], episode.Reasons());
    }

    [Fact]
    public async Task The_answer_of_an_inner_tier_is_judged_like_any_other()
    {
        var inner = new Cascade([Tier("inner-small", "Lyon")], Expert("x"));

        var (_, episode) = await new Cascade([new Tier("inner", inner, DeferAll)], Expert("Paris")).RunAsync(Question);

        Assert.Equal(["inner: deferred", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task An_inner_expert_that_abstains_passes_the_request_on()
    {
        var inner = new Cascade([], new Expert(new ScriptedGenerator("Lyon?")) { Policy = DeferAll });

        var (answer, episode) = await new Cascade([new Tier("inner", inner, KeepAll)], Expert("Paris")).RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
        Assert.False(answer.IsAbstained);
        Assert.Equal(["inner: abstained", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task An_inner_failure_is_a_deferral_and_keeps_its_attempts()
    {
        var inner = new Cascade([Tier("inner-small", "Lyon", DeferAll)], Expert(ScriptedReply.Throws(new IOException("down"))));

        var (_, episode) = await new Cascade([new Tier("inner", inner, KeepAll)], Expert("Paris")).RunAsync(Question);

        Assert.Equal(["inner: failed", "expert: expert"], episode.Reasons());
        Assert.IsType<CascadeException>(episode.Root.Children[0].Failure);
        Assert.Equal(2, episode.Root.Children[0].Children.Length);
    }

    [Fact]
    public async Task An_inner_limit_ends_the_inner_cascade_and_an_outer_one_ends_both()
    {
        var never = new ScriptedReply("Never") { NeverEnds = true };
        var brief = new CascadeSettings { Timeout = TimeSpan.FromMilliseconds(50) };
        var limited = new Cascade([], Expert(never), brief);
        var unlimited = new Cascade([], Expert(never));

        var (_, innerLimit) = await new Cascade([new Tier("inner", limited, KeepAll)], Expert("Paris")).RunAsync(Question);
        var outerLimit = await Assert.ThrowsAsync<CascadeException>(async () =>
            await new Cascade([new Tier("inner", unlimited, KeepAll)], Expert("Paris"), brief).RunAsync(Question));

        Assert.Equal(["inner: failed", "expert: expert"], innerLimit.Reasons());
        Assert.Equal(EscalationReasons.Deadline, innerLimit.Root.Children[0].Children[0].Verdict.Reason);
        Assert.All(outerLimit.Attempts, attempt => Assert.Equal(EscalationReasons.Deadline, attempt.Verdict.Reason));
        Assert.Equal(EscalationReasons.Cancelled, outerLimit.Attempts[0].Children[0].Verdict.Reason);
    }

    private static Tier Priced(string name, IDeferralPolicy policy) =>
        new(name, new ScriptedGenerator(new ScriptedReply("Lyon").WithUsage(10, 1)), policy) { Prices = _perCall };
}
