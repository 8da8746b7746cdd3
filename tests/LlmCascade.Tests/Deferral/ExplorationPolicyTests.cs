using System.Globalization;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Deferral;

public sealed class ExplorationPolicyTests
{
    private static readonly IDeferralPolicy _sure =
        DeferralPolicy.Create((_, _) => Verdict.Keep("sure", Confidence.Measured(0.9)));

    private static readonly Generation _lyon = new ScriptedReply("Lyon").ToGeneration();

    [Fact]
    public async Task Without_exploration_the_other_policy_decides_and_nothing_is_drawn() =>
        Assert.Equal([Verdict.Keep("sure", Confidence.Measured(0.9))], (await DrawAsync(0, 100)).Distinct());

    [Fact]
    public async Task With_certain_exploration_every_keep_goes_to_the_expert() =>
        Assert.Equal(
            [Verdict.DeferToExpert(DeferralReasons.Explored, Confidence.Measured(0.9)) with { Probability = 1 }],
            (await DrawAsync(1, 100)).Distinct());

    [Fact]
    public async Task Both_outcomes_record_the_probability_with_which_they_were_drawn()
    {
        var verdicts = await DrawAsync(0.2, 100);

        Assert.Equal(
            [
                Verdict.Keep("sure", Confidence.Measured(0.9)) with { Probability = 0.8 },
                Verdict.DeferToExpert(DeferralReasons.Explored, Confidence.Measured(0.9)) with { Probability = 0.2 },
            ],
            verdicts.Distinct().OrderBy(verdict => verdict.Decision));
    }

    // Five standard deviations of a binomial distribution, so a sound draw fails less than once in a million.
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task The_share_that_is_explored_is_the_one_that_was_asked_for(double probability)
    {
        const int Count = 4000;

        var explored = (await DrawAsync(probability, Count)).Count(verdict => verdict.Reason == DeferralReasons.Explored);

        var tolerance = 5 * Math.Sqrt(Count * probability * (1 - probability));
        Assert.InRange(explored, (Count * probability) - tolerance, (Count * probability) + tolerance);
    }

    [Fact]
    public async Task A_higher_probability_explores_what_a_lower_one_does_and_more()
    {
        var some = await DrawAsync(0.2, 200);
        var more = await DrawAsync(0.6, 200);

        Assert.All(some.Zip(more), pair => Assert.True(!pair.First.IsDeferral || pair.Second.IsDeferral));
        Assert.True(some.Count(verdict => verdict.IsDeferral) < more.Count(verdict => verdict.IsDeferral));
    }

    [Fact]
    public async Task Draws_repeat_for_a_seed_and_its_keys_and_differ_for_another_seed()
    {
        var first = await DrawAsync(0.5, 64, seed: 1);

        Assert.Equal(first, await DrawAsync(0.5, 64, seed: 1));
        Assert.NotEqual(first, await DrawAsync(0.5, 64, seed: 2));
    }

    [Fact]
    public async Task Deferrals_of_the_other_policy_stay_as_they_are_and_have_no_probability()
    {
        var deferring = new ExplorationPolicy(DeferralPolicy.Create((_, _) => Verdict.Defer("unsure")), 1);
        var toExpert = new ExplorationPolicy(DeferralPolicy.Create((_, _) => Verdict.DeferToExpert("too-hard")), 1);
        var silent = new ExplorationPolicy(ValidityPolicy.Instance, 1);

        Assert.Equal(Verdict.Defer("unsure"), await deferring.JudgeAsync(Question, "Lyon"));
        Assert.Equal(Verdict.DeferToExpert("too-hard"), await toExpert.JudgeAsync(Question, "Lyon"));
        Assert.Equal(Verdict.NoOpinion, await silent.JudgeAsync(Question, "Lyon"));
    }

    [Fact]
    public async Task An_explored_request_leaves_out_the_tiers_between()
    {
        var between = new ScriptedGenerator("Nice");
        var exploring = Tier("small", "Lyon", new ExplorationPolicy(_sure, 1));

        var (answer, episode) =
            await new Cascade([exploring, new Tier("large", between, KeepAll)], Expert("Paris")).RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
        Assert.Equal(["small: explored", "expert: expert"], episode.Reasons());
        Assert.Equal(0, between.CallCount);
    }

    [Fact]
    public async Task The_other_policy_decides_before_and_during_the_call()
    {
        var unsure = new ScriptedReply("Ly", "on") { Confidence = Confidence.Measured(0.3), ReachableConfidence = 0.5 };
        var exploring = new ExplorationPolicy(new ThresholdPolicy(0.8), 0.5);
        var closed = new ExplorationPolicy(new ClosedDoor(), 0.5);

        var (_, episode) = await new Cascade([Tier("small", unsure, exploring)], Expert("Paris")).RunAsync(Question);

        Assert.Equal(["small: threshold-unreachable", "expert: expert"], episode.Reasons());
        Assert.Equal(Verdict.Defer("closed"), await closed.JudgeAsync(Question, "Lyon"));
    }

    [Fact]
    public void It_can_keep_what_the_other_policy_can_unless_everything_is_explored()
    {
        Assert.True(new ExplorationPolicy(KeepAll, 0.99).CanKeep);
        Assert.False(new ExplorationPolicy(KeepAll, 1).CanKeep);
        Assert.False(new ExplorationPolicy(DeferAll, 0).CanKeep);
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void What_is_no_probability_is_refused(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(probability), () => new ExplorationPolicy(KeepAll, probability));

    [Fact]
    public void There_is_another_policy() =>
        Assert.Throws<ArgumentNullException>("inner", () => new ExplorationPolicy(null!, 0.5));

    private static async Task<Verdict[]> DrawAsync(double probability, int count, ulong seed = 42)
    {
        var policy = new ExplorationPolicy(_sure, probability);
        var settings = new CascadeSettings { Seed = seed };
        var verdicts = new Verdict[count];
        for (var i = 0; i < count; i++)
        {
            var options = new CascadeRequestOptions { Key = i.ToString(CultureInfo.InvariantCulture) };
            verdicts[i] = await policy.JudgeAsync(Question, _lyon, settings, options);
        }

        return verdicts;
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
