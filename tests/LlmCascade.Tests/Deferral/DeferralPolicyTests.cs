using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Deferral.DeferralPolicy;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Deferral;

public sealed class DeferralPolicyTests
{
    private static readonly IDeferralPolicy _silent = Create((_, _) => Verdict.NoOpinion);
    private static readonly ConfidenceRange _hopeless = new(0, 0.3);

    [Fact]
    public async Task The_first_decisive_verdict_wins()
    {
        var keep = Create((_, _) => Verdict.Keep("keep"));
        var defer = Create((_, _) => Verdict.DeferToExpert("defer"));

        Assert.Equal(Verdict.Keep("keep"), await FirstDecisive(_silent, keep, defer).JudgeAsync(Question, "Lyon"));
        Assert.Equal(Verdict.DeferToExpert("defer"), await FirstDecisive(_silent, defer, keep).JudgeAsync(Question, "Lyon"));
        Assert.Equal(Verdict.NoOpinion, await FirstDecisive(_silent, _silent).JudgeAsync(Question, "Lyon"));
    }

    [Fact]
    public async Task Policies_after_the_decisive_one_are_not_asked()
    {
        var isAsked = false;
        var later = Create((_, _) =>
        {
            isAsked = true;
            return Verdict.NoOpinion;
        });

        await FirstDecisive(KeepAll, later).JudgeAsync(Question, "Lyon");

        Assert.False(isAsked);
    }

    [Fact]
    public async Task Combinations_combine()
    {
        var policy = FirstDecisive(FirstDecisive(_silent, _silent), FirstDecisive(_silent, DeferAll), KeepAll);

        Assert.Equal("deferred", (await policy.JudgeAsync(Question, "Lyon")).Reason);
    }

    [Fact]
    public void One_policy_is_its_own_combination() => Assert.Same(KeepAll, FirstDecisive(KeepAll));

    [Fact]
    public void A_combination_can_keep_when_one_of_its_policies_can()
    {
        Assert.True(FirstDecisive(ValidityPolicy.Instance, KeepAll).CanKeep);
        Assert.True(FirstDecisive(KeepAll, ValidityPolicy.Instance).CanKeep);
        Assert.False(FirstDecisive(ValidityPolicy.Instance, DeferAll).CanKeep);
    }

    [Fact]
    public async Task Before_the_call_any_deferral_wins()
    {
        var open = new Door(Verdict.Keep("open"));
        var closed = new Door(Verdict.Defer("closed"));

        Assert.Equal("closed", (await FirstDecisive(KeepAll, closed, open).JudgeAsync(Question, "Lyon")).Reason);
        Assert.Equal("closed", (await FirstDecisive(open, closed, KeepAll).JudgeAsync(Question, "Lyon")).Reason);
        Assert.Equal("kept", (await FirstDecisive(ValidityPolicy.Instance, KeepAll).JudgeAsync(Question, "Lyon")).Reason);
    }

    [Fact]
    public void A_policy_that_gives_up_stops_the_tier_when_none_before_it_can_keep()
    {
        var threshold = new ThresholdPolicy(0.8);
        var stop = Verdict.Defer(DeferralReasons.ThresholdUnreachable);

        Assert.Equal(stop, FirstDecisive(threshold, KeepAll).During(Question, _hopeless));
        Assert.Equal(stop, FirstDecisive(ValidityPolicy.Instance, DeferAll, threshold).During(Question, _hopeless));
        Assert.Equal(
            stop, FirstDecisive(FirstDecisive(ValidityPolicy.Instance, DeferAll), threshold).During(Question, _hopeless));
    }

    [Fact]
    public void A_policy_that_can_keep_speaks_against_stopping_for_those_after_it()
    {
        var threshold = new ThresholdPolicy(0.8);
        var picky = KeepWhen((_, _) => false);

        Assert.Equal(Verdict.NoOpinion, FirstDecisive(picky, threshold).During(Question, _hopeless));
        Assert.Equal(Verdict.NoOpinion, FirstDecisive(new ThresholdPolicy(0.2), threshold).During(Question, _hopeless));
        Assert.Equal(
            Verdict.NoOpinion, FirstDecisive(FirstDecisive(DeferAll, picky), threshold).During(Question, _hopeless));
        Assert.Equal(Verdict.NoOpinion, FirstDecisive(picky, KeepAll).During(Question, _hopeless));
        Assert.Equal(Verdict.NoOpinion, FirstDecisive(ValidityPolicy.Instance, DeferAll).During(Question, _hopeless));
    }

    [Fact]
    public async Task A_tier_that_another_policy_may_still_keep_answers_to_its_end()
    {
        var unsure = new ScriptedReply("Ly", "on") { Confidence = Confidence.Measured(0.3) };
        var policy = FirstDecisive(KeepWhen((_, generation) => generation.Response.Text == "Lyon"), new ThresholdPolicy(0.8));

        var (answer, _) = await new Cascade([Tier("small", unsure, policy)], Expert("Paris")).RunAsync(Question);

        Assert.Equal("Lyon", answer.Response.Text);
    }

    [Fact]
    public async Task A_function_sees_the_request_and_the_answer()
    {
        var policy = Create((request, generation) => Verdict.Keep($"{request.Query} {generation.Response.Text}"));

        Assert.Equal($"{Question.Query} Lyon", (await policy.JudgeAsync(Question, "Lyon")).Reason);
    }

    [Fact]
    public async Task An_asynchronous_function_sees_the_tiers_attempt_and_its_work_is_recorded_there()
    {
        using var cancellation = new CancellationTokenSource();
        var seen = CancellationToken.None;
        var policy = Create(async (_, _, context, cancellationToken) =>
        {
            await Task.Yield();
            seen = cancellationToken;
            using var judge = context.Begin("judge", AttemptRole.Judge);
            judge.Paid(null, cost: 0.5m);
            return Verdict.Keep(context.Scope!);
        });

        var (_, episode) = await new Cascade([Tier("small", "Lyon", policy)], Expert("Paris")).RunAsync(
            Question, new CascadeRequestOptions { Scope = "tenant" }, cancellation.Token);

        var attempt = Assert.Single(episode.Root.Children);
        Assert.Equal("tenant", attempt.Verdict.Reason);
        Assert.Equal(("judge", 0.5m), (attempt.Children[0].Name, attempt.Children[0].Cost));
        Assert.True(seen.CanBeCanceled);
    }

    [Fact]
    public async Task A_condition_keeps_or_has_no_opinion()
    {
        var policy = KeepWhen((_, generation) => generation.Response.Text == "Lyon", "known");
        var sure = Confidence.Measured(0.9);

        Assert.True(policy.CanKeep);
        Assert.Equal(Verdict.Keep("known", sure), await policy.JudgeAsync(Question, new ScriptedReply("Lyon") { Confidence = sure }));
        Assert.Equal(Verdict.NoOpinion, await policy.JudgeAsync(Question, "Nice"));
        Assert.Equal(DeferralReasons.Condition, (await KeepWhen((_, _) => true).JudgeAsync(Question, "Lyon")).Reason);
    }

    [Fact]
    public async Task A_condition_defers_or_has_no_opinion()
    {
        var policy = DeferWhen((request, _) => request.Query.Contains("France", StringComparison.Ordinal), "abroad");
        var sure = Confidence.Measured(0.9);

        Assert.False(policy.CanKeep);
        Assert.Equal(Verdict.Defer("abroad", sure), await policy.JudgeAsync(Question, new ScriptedReply("Lyon") { Confidence = sure }));
        Assert.Equal(Verdict.NoOpinion, await DeferWhen((_, _) => false).JudgeAsync(Question, "Lyon"));
        Assert.Equal(DeferralReasons.Condition, (await DeferWhen((_, _) => true).JudgeAsync(Question, "Lyon")).Reason);
    }

    [Fact]
    public async Task What_is_left_is_kept_with_whatever_confidence_there_is()
    {
        Assert.Equal(Verdict.Keep(DeferralReasons.Valid), await KeepTheRest().JudgeAsync(Question, "Lyon"));
        Assert.Equal(Verdict.Keep("rest", Confidence.Measured(0.1)), await KeepTheRest("rest").JudgeAsync(Question, new ScriptedReply("Lyon") { Confidence = Confidence.Measured(0.1) }));
    }

    [Fact]
    public void Nothing_cannot_be_combined()
    {
        Assert.Throws<ArgumentException>("policies", () => FirstDecisive());
        Assert.Throws<ArgumentException>("policies", () => FirstDecisive(KeepAll, null!));
        Assert.Throws<ArgumentNullException>("policies", () => FirstDecisive((IEnumerable<IDeferralPolicy>)null!));
    }

    [Fact]
    public void A_function_and_a_reason_are_needed()
    {
        Assert.Throws<ArgumentNullException>("decide", () => Create((Func<GenerationRequest, Generation, Verdict>)null!));
        Assert.Throws<ArgumentNullException>(
            "decide", () => Create((Func<GenerationRequest, Generation, AttemptContext, CancellationToken, ValueTask<Verdict>>)null!));
        Assert.Throws<ArgumentNullException>("condition", () => KeepWhen(null!));
        Assert.Throws<ArgumentNullException>("condition", () => DeferWhen(null!));
        Assert.Throws<ArgumentException>("reason", () => KeepWhen((_, _) => true, " "));
        Assert.Throws<ArgumentException>("reason", () => DeferWhen((_, _) => true, ""));
        Assert.Throws<ArgumentException>("reason", () => KeepTheRest(""));
    }

    private sealed class Door(Verdict verdict) : IDeferralPolicy
    {
        public bool CanKeep => false;

        public ValueTask<Verdict> BeforeAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => new(verdict);

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.NoOpinion);
    }
}
