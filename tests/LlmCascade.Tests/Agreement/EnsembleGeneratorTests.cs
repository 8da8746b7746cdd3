using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class EnsembleGeneratorTests : AgreementTest
{
    [Fact]
    public async Task The_answer_that_agrees_most_with_the_others_is_given_with_their_agreement_as_confidence()
    {
        var answer = (await Ensemble(Exact(), "30 days", "45 days", "45 days.").RunAloneAsync(Question, cancellationToken: Token)).Generation;

        Assert.Equal("45 days", answer.Response.Text);
        Assert.Equal(Confidence.Measured(0.5, 3), answer.Confidence);
        var agreement = answer.Agreement!;
        Assert.Equal((0.5, 1, 3), (agreement.Score, agreement.Spoken, agreement.Count));
        Assert.Equal([0, 0.5, 0.5], agreement.Centralities);
        Assert.Equal([0.0, 0, 1], [agreement.Matrix[0, 1], agreement.Matrix[0, 2], agreement.Matrix[1, 2]]);
    }

    [Fact]
    public async Task Members_that_do_not_agree_leave_the_request_to_the_expert()
    {
        var episode = await AskAsync(Ensemble(Exact(), "30 days", "45 days", "60 days"), threshold: 0.5);

        Assert.Equal("expert", episode.Answer!.Response.Text);
        Assert.Equal("below-threshold", EnsembleOf(episode).Verdict.Reason);
    }

    [Fact]
    public async Task Members_that_fail_or_give_no_proper_answer_drop_out_with_their_reason()
    {
        var members = new[]
        {
            Member("thrower", ScriptedReply.Throws(new HttpRequestException("down"))),
            Member("empty", " "),
            Member("cut", new ScriptedReply("45 da") { FinishReason = ChatFinishReason.Length }),
            Member("filtered", new ScriptedReply("45") { FinishReason = ChatFinishReason.ContentFilter }),
            Member("refuser", "I'm sorry, but I can't help with that."),
            Member("error", new ScriptedReply() { Contents = [new ErrorContent("overloaded")] }),
            new EnsembleMember("slow", new ScriptedGenerator(new ScriptedReply("45 days") { NeverEnds = true })) { Timeout = TimeSpan.FromMilliseconds(20) },
            Member("right", "45 days"),
            Member("also-right", "45 days"),
        };

        var episode = await AskAsync(new EnsembleGenerator(members, Exact()), threshold: 0.9);

        Assert.Equal("45 days", episode.Answer!.Response.Text);
        Assert.Equal(1, AgreementOf(episode).Score);
        Assert.Equal(
            ["thrower: failed", "empty: empty", "cut: truncated", "filtered: content-filter", "refuser: refused", "error: failed", "slow: timed-out", "right: compared", "also-right: compared"],
            Told(episode));
        Assert.IsType<HttpRequestException>(EnsembleOf(episode).Children[0].Failure);
        Assert.IsType<TimeoutException>(EnsembleOf(episode).Children[6].Failure);
        Assert.Null(AgreementOf(episode).Matrix[0, 7]);
    }

    [Fact]
    public async Task One_answer_agrees_with_nobody_and_is_never_kept()
    {
        var ensemble = Ensemble(Exact(), "45 days", ScriptedReply.Throws(new HttpRequestException("down")));
        var kept = new Tier("ensemble", ensemble, LlmCascade.Deferral.DeferralPolicy.FirstDecisive(AgreementPolicy.Instance, Cascades.KeepAll));
        var recorder = new EpisodeRecorder();

        await new Cascade([kept], Cascades.Expert("expert"), new() { OnEpisode = recorder.Record }).RunAsync(Question, cancellationToken: Token);

        Assert.Equal(["ensemble: too-few-answers", "expert: expert"], recorder.Only.Reasons());
        Assert.False(AgreementOf(recorder.Only).Score.HasValue);
        Assert.False(EnsembleOf(recorder.Only).Generation!.Confidence.HasValue);
    }

    [Fact]
    public async Task Without_any_answer_the_tier_has_failed_and_says_why()
    {
        var run = await Ensemble(Exact(), ScriptedReply.Throws(new HttpRequestException("down")), " ").RunAloneAsync(Question, cancellationToken: Token);

        Assert.Equal("None of the 2 candidates gave an answer: m1 (failed), m2 (empty).", run.Failure!.Message);
    }

    [Fact]
    public async Task Where_no_threshold_asks_for_agreement_the_only_answer_is_given()
    {
        var late = new ScriptedReply("45 days") { Delay = TimeSpan.FromMilliseconds(30) };
        var run = await Ensemble(Exact(), ScriptedReply.Throws(new HttpRequestException("down")), late).RunAloneAsync(Question, cancellationToken: Token);

        Assert.Equal("45 days", run.Generation.Response.Text);
        Assert.False(run.Generation.Confidence.HasValue);
    }

    [Fact]
    public async Task Every_member_is_accounted_for_under_the_tier()
    {
        var members = new[] { "a", "b" }.Select((name, i) => new EnsembleMember(name, new ScriptedGenerator(new ScriptedReply("45 days").WithUsage(10, 5)))
        {
            Prices = new Prices(perCall: i + 1),
        });

        var attempt = EnsembleOf(await AskAsync(new EnsembleGenerator(members, Exact()), threshold: 0.5));

        Assert.Equal([1m, 2m], attempt.Children.Select(child => child.Cost));
        Assert.Equal((3m, 20L, true), (attempt.Total().Cost, attempt.Total().Usage.InputTokenCount, attempt.Total().IsUsageComplete));
        Assert.All(attempt.Children, child => Assert.Equal(AttemptRole.Member, child.Role));
    }

    [Fact]
    public async Task Answers_that_tie_are_chosen_by_median_length_then_by_price_then_by_order()
    {
        var long1 = await AskAsync(Ensemble(Exact(), "one", "a much longer answer", "seventeen"), threshold: 0.5);
        Assert.Equal(2, AgreementOf(long1).Spoken);

        var members = new[] { ("dear", 3m), ("cheap", 1m), ("middling", 2m) }.Select(each =>
            new EnsembleMember(each.Item1, new ScriptedGenerator("same")) { Prices = new Prices(perCall: each.Item2) });
        Assert.Equal(1, AgreementOf(await AskAsync(new EnsembleGenerator(members, Exact()), threshold: 1)).Spoken);

        Assert.Equal(0, AgreementOf(await AskAsync(Ensemble(Exact(), "same", "same"), threshold: 1)).Spoken);
    }

    [Fact]
    public async Task Labels_are_voted_on()
    {
        var space = new LabelSpace("spam", "ham");
        Generation Label(string label) => new ScriptedReply(label).ToGeneration() with { Labels = LabelDistribution.Certain(space, label) };
        var members = new[] { "spam", "ham", "spam" }.Select((label, i) => new EnsembleMember($"m{i}", new Answering(Label(label))))
            .Append(new EnsembleMember("m3", new Answering(new ScriptedReply("no idea").ToGeneration())));
        var ensemble = new EnsembleGenerator(members, Exact(AgreementAggregation.MajorityCluster, AgreementMeasure.SameLabel));

        var run = await ensemble.RunAloneAsync(Question with { Labels = space }, cancellationToken: Token);

        Assert.Equal("spam", run.Generation.Labels!.Best);
        Assert.Equal([2 / 3.0, 1 / 3.0], run.Generation.Labels.Probabilities);
        Assert.Equal("unparsed", run.Generation.Agreement!.Candidates[3].Exclusion);
    }

    [Fact]
    public async Task Calls_of_tools_agree_by_name_and_arguments_and_not_by_their_missing_text()
    {
        var paris = new Dictionary<string, object?> { ["city"] = "Paris" };
        var rome = new Dictionary<string, object?> { ["city"] = "Rome" };

        var same = await AskAsync(Ensemble(Exact(), ScriptedReply.Calls("weather", paris), ScriptedReply.Calls("weather", paris)), threshold: 0.5);
        var other = await AskAsync(Ensemble(new AgreementOptions(), ScriptedReply.Calls("weather", paris), ScriptedReply.Calls("weather", rome)), threshold: 0.1);
        var text = await AskAsync(Ensemble(new AgreementOptions(), ScriptedReply.Calls("weather", paris), "weather {\"city\":\"Paris\"}"), threshold: 0.1);
        var mail = await AskAsync(Ensemble(new AgreementOptions(), ScriptedReply.Calls("send", paris), ScriptedReply.Calls("delete", paris)), threshold: 0.1);

        Assert.Equal("confident", EnsembleOf(same).Verdict.Reason);
        Assert.IsType<FunctionCallContent>(Assert.Single(same.Answer!.Response.Messages[0].Contents));
        Assert.All([other, text, mail], episode => Assert.Equal((0.0, "below-threshold"), (AgreementOf(episode).Score!.Value, EnsembleOf(episode).Verdict.Reason)));
    }

    [Fact]
    public async Task An_experts_word_inside_a_member_has_no_authority_outside()
    {
        var nested = new Cascade([Cascades.Tier("inner", "x", Cascades.DeferAll)], Cascades.Expert("45 days"));
        var ensemble = new EnsembleGenerator([new EnsembleMember("cascade", nested), Member("model", "30 days")], Exact());

        Assert.Equal("expert", (await AskAsync(ensemble, threshold: 0.5)).Answer!.Response.Text);
    }

    [Fact]
    public async Task A_measure_that_fails_costs_the_tier_and_not_the_answer()
    {
        var episode = await AskAsync(Ensemble(Exact(measure: new FailingMeasure()), "45 days", "45 days"), threshold: 0.5);

        Assert.Equal("expert", episode.Answer!.Response.Text);
        Assert.Equal("failed", EnsembleOf(episode).Verdict.Reason);
    }

    [Fact]
    public async Task A_streaming_caller_sees_the_chunks_of_the_answer_that_was_chosen()
    {
        var cascade = new Cascade(
            [new Tier("ensemble", Ensemble(Exact(), new ScriptedReply("45 ", "days"), new ScriptedReply("45 days")), new LlmCascade.Deferral.ThresholdPolicy(0.5))], Cascades.Expert("expert"));

        var texts = new List<string>();
        await foreach (var update in new CascadeChatClient(cascade).GetStreamingResponseAsync("question", cancellationToken: Token))
        {
            texts.Add(update.Text);
        }

        Assert.Equal(["45 ", "days"], texts.Where(text => text.Length > 0));
    }

    [Fact]
    public async Task Cancellation_stops_all_members_and_throws()
    {
        var client = new ScriptedChatClient(new ScriptedReply("late") { NeverEnds = true });
        var ensemble = new EnsembleGenerator(
            [new EnsembleMember("a", new LlmCascade.Chat.ChatClientGenerator(client)), new EnsembleMember("b", new LlmCascade.Chat.ChatClientGenerator(client) { ModelId = "b" })], Exact());
        using var stop = new CancellationTokenSource();
        var cascade = new Cascade([new Tier("ensemble", ensemble, Cascades.KeepAll)], Cascades.Expert("expert"));
        var asked = cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask();
        while (client.ActiveCalls < 2)
        {
            await Task.Delay(1, Token);
        }

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.Equal(0, client.ActiveCalls);
    }

    [Fact]
    public async Task A_member_that_ignores_its_time_limit_is_left_behind_and_the_others_answer()
    {
        var deaf = new EnsembleMember("deaf", new ScriptedGenerator(new ScriptedReply("x") { NeverEnds = true, IgnoresCancellation = true })) { Timeout = TimeSpan.FromMilliseconds(10) };
        var ensemble = new EnsembleGenerator([deaf, Member("a", "45 days"), Member("b", "45 days")], Exact(AgreementAggregation.MinPairwise));

        var episode = await AskAsync(ensemble, threshold: 0.5, new CascadeSettings { GraceTime = TimeSpan.FromMilliseconds(20) });

        Assert.Equal("45 days", episode.Answer!.Response.Text);
        Assert.True(EnsembleOf(episode).Children[0].IsAbandoned);
    }

    [Fact]
    public async Task Where_all_refuse_the_expert_answers_and_nobody_has_failed()
    {
        var ensemble = Ensemble(Exact(), "I'm sorry, but I can't help with that.", "I cannot help with that.");
        var recorder = new EpisodeRecorder();
        var cascade = new Cascade(
            [new Tier("ensemble", ensemble, LlmCascade.Deferral.DeferralPolicy.FirstDecisive(AgreementPolicy.Instance, Cascades.KeepAll))],
            Cascades.Expert("expert"), new() { OnEpisode = recorder.Record, RestAfterFailures = 2 });
        for (var i = 0; i < 5; i++)
        {
            await cascade.RunAsync(Question, cancellationToken: Token);
        }

        Assert.All(recorder.Episodes, episode => Assert.Equal(AgreementReasons.TooFewAnswers, EnsembleOf(episode).Verdict.Reason));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(0)]
    public async Task A_measure_that_gives_the_wrong_matrix_is_named(int size)
    {
        var run = await Ensemble(Exact(measure: new WrongMeasure(size)), "45 days", "45 days").RunAloneAsync(Question, cancellationToken: Token);

        Assert.Contains("The measure wrong gave", run.Failure!.Message);
        Assert.Contains("and there are 2.", run.Failure.Message);
    }

    [Fact]
    public void What_is_no_ensemble_is_told()
    {
        Assert.Contains("between 2 and 32 members, and not 1", Assert.Throws<ArgumentException>(() => Ensemble(Exact(), "x")).Message);
        Assert.Contains("the name 'A'", Assert.Throws<ArgumentException>(() => new EnsembleGenerator([Member("A", "x"), Member("a", "y")])).Message);
        Assert.Contains("ClusterSimilarity: 2", Assert.Throws<ArgumentException>(() => Ensemble(new AgreementOptions { ClusterSimilarity = 2 }, "x", "y")).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new EnsembleMember("a", new ScriptedGenerator("x")) { Timeout = TimeSpan.Zero });
    }

    private sealed class Answering(Generation answer) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => new(answer);
    }

    private sealed class WrongMeasure(int size) : IAgreementMeasure
    {
        public string Id => "wrong";

        public ValueTask<AgreementMatrix> MeasureAsync(GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context, CancellationToken cancellationToken) =>
            new(size == 0 ? null! : new AgreementMatrix(size));
    }

    private sealed class FailingMeasure : IAgreementMeasure
    {
        public string Id => "failing";

        public ValueTask<AgreementMatrix> MeasureAsync(GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context, CancellationToken cancellationToken) =>
            throw new HttpRequestException("The embedder is down.");
    }
}
