using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepPolicyTests : StepTest
{
    private static readonly SaidIntrospector _doubtsByNumber = new(text => double.Parse(text.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData(0.49, "local")]
    [InlineData(0.5, "expert")]
    [InlineData(1, "expert")]
    [InlineData(0, "local")]
    public async Task From_the_activation_threshold_on_a_step_is_passed_on(double doubt, string author)
    {
        var worked = await WorkAsync(Writer(FormattableString.Invariant($"Answer: 7, doubt {doubt}")), Writer("Answer: 8"), tier: tier => tier.CheckSteps(_doubtsByNumber));

        Assert.Equal([author], worked.Authors);
    }

    [Fact]
    public async Task Control_comes_back_below_the_threshold_of_return_only()
    {
        var worked = await WorkAsync(
            Writer("doubt 0.4", "doubt 0.8", "doubt 0.4", "doubt 0.4", "doubt 0.2", "again doubt 0.4", "Answer: doubt 0.1"),
            Writer("?", "two", "three", "four"),
            tier: tier => tier.CheckSteps(_doubtsByNumber, check =>
            {
                check.ActivationThreshold = 0.5;
                check.ReturnThreshold = 0.3;
            }));

        Assert.Equal(["local", "expert", "expert", "expert", "local", "local", "local"], worked.Authors);
    }

    [Fact]
    public async Task Whoever_took_over_stays_for_some_steps_without_a_look_at_the_tier()
    {
        var local = Writer("doubt 0.8", "?", "?", "Answer: doubt 0.1");

        var worked = await WorkAsync(local, Writer("one", "two", "three"), tier: tier => tier.CheckSteps(_doubtsByNumber, check => check.MinimumStay = 3));

        Assert.Equal(["expert", "expert", "expert", "local"], worked.Authors);
        Assert.Equal(2, local.Calls.Count);
    }

    [Fact]
    public async Task Where_nobody_can_tell_the_other_policies_decide()
    {
        var mute = new SaidIntrospector(_ => null, canClear: false);

        var kept = await WorkAsync(Writer("one", "Answer: 2"), Writer("?"), tier: tier => tier.CheckSteps(mute).KeepWhenValid());
        var startFailure = await Assert.ThrowsAnyAsync<Exception>(() => WorkAsync(Writer("one"), Writer("?"), tier: tier => tier.CheckSteps(mute)));

        Assert.Equal(["local", "local"], kept.Authors);
        Assert.Contains("no policy that can keep an answer", startFailure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_share_of_the_steps_is_passed_on_and_they_are_the_most_suspect_ones()
    {
        var random = new Random(5);
        var doubts = Enumerable.Range(0, 3000).Select(_ => random.NextDouble() * 0.8).ToArray();
        var local = new ScriptedChatClient(call => FormattableString.Invariant($"Answer: doubt {doubts[int.Parse(call.Messages[0].Text.Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture)]}"));
        var policy = new StepPolicy(new StepCheckOptions { ExpertShare = 0.2 });
        var cascade = new Cascade([new Tier("local", new IntrospectedGenerator(new ChatClientGenerator(local), _doubtsByNumber), policy)], Cascades.Expert("Answer: expert"));
        List<(double Doubt, bool IsPassedOn)> seen = [];

        for (var i = 0; i < doubts.Length; i++)
        {
            var result = await cascade.RunAsync(new GenerationRequest(i.ToString(System.Globalization.CultureInfo.InvariantCulture)), cancellationToken: Token);
            seen.Add((doubts[i], result.Episode.Answerer!.Role == AttemptRole.Expert));
        }

        var late = seen.Skip(500).ToList();
        Assert.InRange(late.Average(each => each.IsPassedOn ? 1.0 : 0), 0.19, 0.21);
        Assert.True(late.Where(each => each.Doubt > 0.7).Average(each => each.IsPassedOn ? 1.0 : 0) > 0.95);
        Assert.True(late.Where(each => each.Doubt < 0.55).Average(each => each.IsPassedOn ? 1.0 : 0) < 0.02);
    }

    [Theory]
    [InlineData(0.0, null, 1, null)]
    [InlineData(1.1, null, 1, null)]
    [InlineData(double.NaN, null, 1, null)]
    [InlineData(0.5, 0.6, 1, null)]
    [InlineData(0.5, 0.0, 1, null)]
    [InlineData(0.5, null, 0, null)]
    [InlineData(0.5, null, 1, 1.0)]
    [InlineData(0.5, 0.4, 1, 0.2)]
    public void Options_out_of_range_are_refused(double activation, double? back, int stay, double? share) => Assert.Throws<ArgumentException>(() => new StepPolicy(new StepCheckOptions
    {
        ActivationThreshold = activation,
        ReturnThreshold = back,
        MinimumStay = stay,
        ExpertShare = share,
    }));

    [Fact]
    public async Task Members_of_an_ensemble_are_asked_anew_for_each_step()
    {
        var first = Writer("one", "two", "Answer: 3");
        var second = Writer("one", "two", "Answer: 3");

        var worked = await WorkAsync(Writer("?"), Writer("?"), tier: tier => tier.UseEnsemble(ensemble => ensemble.Add("first", first).Add("second", second)).DeferBelow(0.9));

        Assert.Equal("one\ntwo\nAnswer: 3", worked.Response.Text);
        Assert.Equal((3, 3), (first.Calls.Count, second.Calls.Count));
    }

    [Fact]
    public async Task A_tier_of_sampled_steps_is_suspect_where_they_disagree()
    {
        var count = 0;
        var local = new ScriptedChatClient(_ => new ScriptedReply($"Answer: {Interlocked.Increment(ref count)}"));

        var worked = await WorkAsync(local, Writer("Answer: 100"), tier: tier => tier.WithSampling(3, agreement => agreement.Measure = AgreementMeasure.SameNumber).DeferBelow(0.6));

        Assert.Equal(["expert"], worked.Authors);
        Assert.Equal(3, local.Calls.Count);
    }
}
