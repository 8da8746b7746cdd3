using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class AbstentionTests
{
    [Fact]
    public async Task By_default_the_expert_accepts_its_own_answer()
    {
        var (answer, _) = await new Cascade([], Expert("Paris")).RunAsync(Question);

        Assert.False(answer.IsAbstained);
    }

    [Fact]
    public async Task An_answer_that_the_experts_policy_does_not_keep_is_returned_marked()
    {
        var (answer, episode) = await RunAsync(DeferAll);

        Assert.Equal("Paris?", answer.Response.Text);
        Assert.True(answer.IsAbstained);
        var verdict = Assert.Single(episode.Root.Children).Verdict;
        Assert.Equal((Decision.Abstain, "deferred"), (verdict.Decision, verdict.Reason));
        Assert.Equal("expert", episode.Answerer?.Name);
    }

    [Fact]
    public async Task An_answer_that_the_experts_policy_keeps_is_not_marked()
    {
        var (answer, episode) = await RunAsync(KeepAll);

        Assert.False(answer.IsAbstained);
        Assert.Equal(["expert: kept"], episode.Reasons());
    }

    [Fact]
    public async Task An_expert_about_whose_answer_nobody_has_an_opinion_abstains()
    {
        var (answer, episode) = await RunAsync(DeferralPolicy.Create((_, _) => Verdict.NoOpinion));

        Assert.True(answer.IsAbstained);
        Assert.Equal(["expert: undecided"], episode.Reasons());
    }

    [Fact]
    public async Task A_broken_policy_of_the_expert_costs_the_approval_but_not_the_answer()
    {
        var (answer, episode) = await RunAsync(DeferralPolicy.Create((_, _) => throw new FormatException()));

        Assert.Equal("Paris?", answer.Response.Text);
        Assert.True(answer.IsAbstained);
        Assert.Equal(["expert: policy-failed"], episode.Reasons());
        Assert.IsType<FormatException>(episode.Root.Children[0].Failure);
    }

    [Fact]
    public async Task An_abstention_deep_inside_marks_the_outer_experts_answer()
    {
        var inner = new Cascade([], new Expert(new ScriptedGenerator("Paris?")) { Policy = DeferAll });

        var (answer, episode) = await new Cascade([], new Expert(inner)).RunAsync(Question);

        Assert.True(answer.IsAbstained);
        Assert.Equal(["expert: abstained"], episode.Reasons());
    }

    private static async Task<CascadeResult> RunAsync(IDeferralPolicy policy) =>
        await new Cascade([], new Expert(new ScriptedGenerator("Paris?")) { Policy = policy }).RunAsync(Question);
}
