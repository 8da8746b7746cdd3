using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Agreement;

/// <summary>Members on which the decision does not depend any more.</summary>
public sealed class EnsembleStopTests : AgreementTest
{
    private static readonly ScriptedReply _never = new("late") { NeverEnds = true };

    [Fact]
    public async Task A_member_is_stopped_that_cannot_spoil_the_agreement_any_more()
    {
        // Three of four agree: with the fourth the most central one still agrees with 2 of 3 others.
        var episode = await AskAsync(Ensemble(Exact(), "45 days", "45 days", "45 days", _never), threshold: 0.6);

        Assert.Equal("45 days", episode.Answer!.Response.Text);
        Assert.Equal("m4: unneeded", Told(episode).Last());
    }

    [Fact]
    public async Task A_member_is_stopped_that_cannot_bring_about_agreement_any_more()
    {
        // With one pair apart the lowest pair cannot rise again.
        var episode = await AskAsync(Ensemble(Exact(AgreementAggregation.MinPairwise), "45 days", "30 days", _never), threshold: 0.5);

        Assert.Equal("expert", episode.Answer!.Response.Text);
        Assert.Equal("threshold-unreachable", EnsembleOf(episode).Verdict.Reason);
        Assert.Equal("m3: unneeded", Told(episode).Last());
    }

    [Fact]
    public async Task Answers_that_are_the_same_or_not_leave_a_late_member_no_say_where_the_threshold_is_high()
    {
        var episode = await AskAsync(Ensemble(Exact(), "45 days", "30 days", _never), threshold: 0.9);

        Assert.Equal("threshold-unreachable", EnsembleOf(episode).Verdict.Reason);
    }

    [Fact]
    public async Task Where_too_few_can_still_answer_nobody_is_waited_for()
    {
        var episode = await AskAsync(
            Ensemble(Exact(), ScriptedReply.Throws(new HttpRequestException("down")), ScriptedReply.Throws(new HttpRequestException("down")), _never), threshold: 0.5);

        Assert.Equal("threshold-unreachable", EnsembleOf(episode).Verdict.Reason);
        Assert.Equal("expert", episode.Answer!.Response.Text);
    }

    [Fact]
    public async Task A_member_that_may_still_decide_is_waited_for()
    {
        var late = new ScriptedReply("45 days") { Delay = TimeSpan.FromMilliseconds(50) };

        var episode = await AskAsync(Ensemble(Exact(), "45 days", "30 days", late), threshold: 0.5);

        Assert.Equal("45 days", episode.Answer!.Response.Text);
        Assert.All(Told(episode), told => Assert.EndsWith(": compared", told));
    }

    [Fact]
    public async Task What_a_stopped_member_has_cost_by_then_is_partial()
    {
        var members = new[] { Member("a", "45 days"), Member("b", "45 days"), Member("c", _never with { Usage = new() { OutputTokenCount = 7 } }) };

        var attempt = EnsembleOf(await AskAsync(new EnsembleGenerator(members, Exact()), threshold: 0.5));

        Assert.Equal(UsageState.Partial, attempt.Children[2].UsageState);
        Assert.Equal(7, attempt.Children[2].Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task A_measure_is_not_asked_before_all_are_there_where_that_cannot_decide()
    {
        var counting = new CountingMeasure();
        var replies = Enumerable.Range(0, 3).Select(i => new ScriptedReply("45 days") { Delay = TimeSpan.FromMilliseconds(5 * i) });

        await AskAsync(Ensemble(Exact(measure: counting), [.. replies]), threshold: 0.9);

        Assert.Equal(1, counting.Calls);
    }

    [Theory]
    [InlineData(AgreementAggregation.MaxCentrality)]
    [InlineData(AgreementAggregation.MeanPairwise)]
    [InlineData(AgreementAggregation.MinPairwise)]
    [InlineData(AgreementAggregation.MajorityCluster)]
    public async Task An_answer_without_a_label_that_will_drop_out_stops_nobody(AgreementAggregation aggregation)
    {
        var labels = new LabelSpace("sports", "politics");
        var members = new[] { ("sports", 0), ("a long story", 0), ("sports", 60) }.Select((each, i) => new EnsembleMember(
            $"m{i}",
            new LlmCascade.Chat.LabelingGenerator(
                new ScriptedGenerator(new ScriptedReply(each.Item1) { Delay = TimeSpan.FromMilliseconds(each.Item2) }), new LlmCascade.Chat.LabelPrompt(labels))));
        var recorder = new EpisodeRecorder();
        var cascade = new LlmCascade.Escalation.Cascade(
            [new LlmCascade.Escalation.Tier("ensemble", new EnsembleGenerator(members, Exact(aggregation, AgreementMeasure.SameLabel)), new LlmCascade.Deferral.ThresholdPolicy(0.8))],
            Cascades.Expert("politics"),
            new() { OnEpisode = recorder.Record });

        await cascade.RunAsync(Question with { Labels = labels }, cancellationToken: Token);

        Assert.Equal(("confident", 1.0), (EnsembleOf(recorder.Only).Verdict.Reason, AgreementOf(recorder.Only).Score!.Value));
    }

    [Fact]
    public async Task What_decided_is_not_measured_once_more_to_speak()
    {
        var counting = new CountingMeasure();

        var episode = await AskAsync(Ensemble(Exact(measure: counting), "45 days", "45 days", _never), threshold: 0.5);

        Assert.Equal(("45 days", 1), (episode.Answer!.Response.Text, counting.Calls));
    }

    private sealed class CountingMeasure : IAgreementMeasure
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public string Id => "counting";

        public ValueTask<AgreementMatrix> MeasureAsync(GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            return AgreementMeasure.SameText.MeasureAsync(request, answers, context, cancellationToken);
        }
    }
}
