using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class CascadeTests
{
    [Fact]
    public async Task The_first_answer_that_its_policy_keeps_is_the_answer()
    {
        var expert = new ScriptedGenerator("Paris, of course");
        var cascade = new Cascade([Tier("small", "Lyon?", DeferAll), Tier("large", "Paris")], new Expert(expert));

        var (answer, episode) = await cascade.RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
        Assert.False(answer.IsAuthoritative);
        Assert.Equal(["small: deferred", "large: kept"], episode.Reasons());
        Assert.Equal("large", episode.Answerer?.Name);
        Assert.Equal(0, expert.CallCount);
    }

    [Fact]
    public async Task The_expert_answers_when_no_tier_is_kept()
    {
        var cascade = new Cascade([Tier("small", "Lyon?", DeferAll)], Expert("Paris"));

        var (answer, episode) = await cascade.RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
        Assert.True(answer.IsAuthoritative);
        Assert.Equal(["small: deferred", "expert: expert"], episode.Reasons());
        Assert.Equal(AttemptRole.Expert, episode.Answerer?.Role);
    }

    [Fact]
    public async Task A_cascade_without_tiers_asks_its_expert()
    {
        var (answer, _) = await new Cascade([], Expert("Paris")).RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
    }

    [Fact]
    public async Task A_deferral_to_the_expert_leaves_out_the_tiers_between()
    {
        var straightToExpert = DeferralPolicy.Create((_, _) => Verdict.DeferToExpert("too-hard"));
        var between = new ScriptedGenerator("Lyon");
        var cascade = new Cascade(
            [Tier("small", "Hm", straightToExpert), new Tier("large", between, KeepAll)], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(["small: too-hard", "expert: expert"], episode.Reasons());
        Assert.Equal(0, between.CallCount);
    }

    [Fact]
    public async Task A_tier_about_which_nobody_has_an_opinion_defers_as_undecided()
    {
        var silent = DeferralPolicy.Create((_, _) => Verdict.NoOpinion);

        var (_, episode) = await new Cascade([Tier("small", "Lyon", silent)], Expert("Paris")).RunAsync(Question);

        Assert.Equal(["small: undecided", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task A_tier_that_may_not_be_entered_is_skipped_without_a_call()
    {
        var generator = new ScriptedGenerator("Lyon");
        var cascade = new Cascade([new Tier("small", generator, new ClosedDoor())], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(["small: closed", "expert: expert"], episode.Reasons());
        Assert.Equal(0, generator.CallCount);
        Assert.Equal(UsageState.None, episode.Root.Children[0].UsageState);
    }

    [Fact]
    public async Task A_tier_stops_paying_once_the_decision_is_certain()
    {
        var unsure = new ScriptedReply("Ly", "on", "?") { Confidence = Confidence.Measured(0.3), ReachableConfidence = 0.5 };
        var cascade = new Cascade([Tier("small", unsure, new ThresholdPolicy(0.8))], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(Question);

        var attempt = episode.Root.Children[0];
        Assert.Equal(DeferralReasons.ThresholdUnreachable, attempt.Verdict.Reason);
        Assert.Equal("Ly", attempt.Generation?.Response.Text);
    }

    [Fact]
    public async Task Forcing_the_expert_leaves_out_every_tier_also_in_nested_cascades()
    {
        var weak = new ScriptedGenerator("Lyon");
        var inner = new Cascade([new Tier("inner-small", weak, KeepAll)], Expert("Paris"));
        var cascade = new Cascade([new Tier("small", weak, KeepAll)], new Expert(inner, "inner"));

        var (answer, _) = await cascade.RunAsync(Question, new CascadeRequestOptions { ForceExpert = true });

        Assert.Equal("Paris", answer.Response.Text);
        Assert.Equal(0, weak.CallCount);
    }

    [Fact]
    public async Task An_episode_tells_who_was_asked_what_came_back_and_what_it_cost()
    {
        ScriptedReply reply = new ScriptedReply("Lyon") { Confidence = Confidence.Measured(0.4) }.WithUsage(1000, 100);
        var tier = new Tier("small", new ScriptedGenerator(reply), new ThresholdPolicy(0.4))
        {
            Prices = new Prices(inputPerMillion: 1, outputPerMillion: 10),
        };

        var (_, episode) = await new Cascade([tier], Expert("Paris")).RunAsync(
            Question, new CascadeRequestOptions { Scope = "tenant", Key = "key", NoLearning = true });

        var attempt = Assert.Single(episode.Root.Children);
        Assert.Equal(AttemptRole.Tier, attempt.Role);
        Assert.Equal("Lyon", attempt.Generation?.Response.Text);
        Assert.Equal(Confidence.Measured(0.4), attempt.Verdict.Confidence);
        Assert.Equal(1000, attempt.Usage?.InputTokenCount);
        Assert.Equal(UsageState.Reported, attempt.UsageState);
        Assert.Equal(0.002m, attempt.Cost);
        Assert.Null(attempt.Failure);
        Assert.Equal(("tenant", "key", false), (episode.Scope, episode.Key, episode.AllowsLearning));
        Assert.Same(Question, episode.Request);
        Assert.Equal(AttemptRole.Cascade, episode.Root.Role);
        Assert.Equal("Lyon", episode.Root.Generation?.Response.Text);
    }

    [Fact]
    public async Task Every_episode_reaches_its_observer_and_a_broken_observer_reaches_nobody()
    {
        List<Episode> seen = [];
        var settings = new CascadeSettings
        {
            OnEpisode = episode =>
            {
                seen.Add(episode);
                throw new InvalidOperationException("broken");
            },
        };

        var result = await new Cascade([], Expert("Paris"), settings).RunAsync(Question);
        await Assert.ThrowsAsync<CascadeException>(async () =>
            await new Cascade([], Expert(ScriptedReply.Throws(new IOException("down"))), settings).RunAsync(Question));

        Assert.Same(result.Episode, seen[0]);
        Assert.Null(seen[1].Answer);
        Assert.IsType<CascadeException>(seen[1].Root.Failure);
    }

    [Fact]
    public void Names_that_cannot_be_told_apart_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Cascade([Tier("a", "x"), Tier("a", "y")], Expert("z")));
        Assert.Throws<ArgumentException>(() => new Cascade([Tier("expert", "x")], Expert("z")));
        Assert.Throws<ArgumentException>(() => new Cascade([new Tier("a", new ScriptedGenerator("x"), KeepAll) { OwnsConversations = true }, new Tier("b", new ScriptedGenerator("x"), KeepAll) { OwnsConversations = true }], Expert("z")));
    }

    [Fact]
    public async Task A_context_from_elsewhere_is_refused()
    {
        var cascade = new Cascade([], Expert("Paris"));

        await Assert.ThrowsAsync<ArgumentException>(async () => await cascade.GenerateAsync(Question, null!));
    }

    private sealed class ClosedDoor : IDeferralPolicy
    {
        public ValueTask<Verdict> BeforeAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.Defer("closed"));

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.Keep("open"));
    }
}
