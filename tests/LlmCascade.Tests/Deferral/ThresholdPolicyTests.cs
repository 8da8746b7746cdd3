using CsCheck;
using LlmCascade.Deferral;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Deferral;

public sealed class ThresholdPolicyTests
{
    private static readonly Gen<double> _share = Gen.Int[0, 20].Select(twentieths => twentieths / 20.0);
    private static readonly Gen<double> _threshold = Gen.Int[1, 20].Select(twentieths => twentieths / 20.0);

    [Theory]
    [InlineData(0.8)]
    [InlineData(0.81)]
    [InlineData(1)]
    public async Task An_answer_that_reaches_the_threshold_is_kept(double confidence) =>
        Assert.Equal(
            Verdict.Keep(DeferralReasons.Confident, Confidence.Measured(confidence)),
            await JudgeAsync(0.8, confidence));

    [Theory]
    [InlineData(0)]
    [InlineData(0.79)]
    public async Task An_answer_below_the_threshold_is_deferred(double confidence) =>
        Assert.Equal(
            Verdict.Defer(DeferralReasons.BelowThreshold, Confidence.Measured(confidence)),
            await JudgeAsync(0.8, confidence));

    [Fact]
    public async Task An_answer_without_confidence_is_deferred_however_low_the_threshold() =>
        Assert.Equal(
            Verdict.Defer(DeferralReasons.NoConfidence),
            await new ThresholdPolicy(double.Epsilon).JudgeAsync(Question, "Lyon"));

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(1.001)]
    [InlineData(double.NaN)]
    public void A_threshold_that_keeps_all_or_nothing_is_refused(double threshold) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(threshold), () => new ThresholdPolicy(threshold));

    [Fact]
    public void A_tier_is_stopped_only_when_all_its_outcomes_lie_on_one_side_of_the_threshold()
    {
        var policy = new ThresholdPolicy(0.8);

        Assert.Equal(
            Verdict.Defer(DeferralReasons.ThresholdUnreachable), policy.During(Question, new ConfidenceRange(0, 0.79)));
        Assert.Equal(Verdict.NoOpinion, policy.During(Question, new ConfidenceRange(0, 0.8)));
        Assert.Equal(Verdict.Keep(DeferralReasons.Confident), policy.During(Question, new ConfidenceRange(0.9, 1)));
    }

    [Fact]
    public Task A_confidence_is_kept_exactly_when_it_is_not_below_the_threshold() =>
        Gen.Select(_threshold, _share).SampleAsync(async (threshold, confidence) =>
            (await JudgeAsync(threshold, confidence)).IsDeferral == confidence < threshold);

    [Fact]
    public Task A_tier_that_was_stopped_would_have_been_deferred_for_every_confidence_within_reach() =>
        Gen.Select(_threshold, _share, _share, _share).SampleAsync(async (threshold, one, other, third) =>
        {
            double[] sorted = [.. new[] { one, other, third }.Order()];
            var policy = new ThresholdPolicy(threshold);
            return !policy.During(Question, new ConfidenceRange(sorted[0], sorted[2])).IsDeferral
                || (await JudgeAsync(threshold, sorted[1])).IsDeferral;
        });

    private static Task<Verdict> JudgeAsync(double threshold, double confidence) => new ThresholdPolicy(threshold).JudgeAsync(
        Question, new ScriptedReply("Lyon") { Confidence = Confidence.Measured(confidence) });
}
