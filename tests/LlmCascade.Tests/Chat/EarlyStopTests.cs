using CsCheck;
using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Chat;

public sealed class EarlyStopTests
{
    private static readonly Gen<TokenConfidence> _measure = Gen.OneOf(
        Gen.Const(TokenConfidence.Mean),
        Gen.Const(TokenConfidence.Minimum),
        Gen.Const(TokenConfidence.Sum),
        Gen.Double[0, 1].Select(TokenConfidence.Quantile));

    [Fact]
    public async Task The_decision_with_an_early_stop_is_the_decision_without()
    {
        var (runs, stops) = (0, 0);
        await Gen.Select(_measure, Gen.Double[-4, 0].Array[1, 40], Gen.Int[0, 60], Gen.Bool, Gen.Double[0.01, 1]).SampleAsync(
            async (measure, answer, room, isLimited, threshold) =>
            {
                // A threshold that an answer just reaches, or just misses, is where rounding would show.
                var exact = measure.Measure(answer.Select(each => new TokenLogProbability("x", each))).Value;
                foreach (var each in new[] { threshold, exact, Math.BitIncrement(exact) }.Where(each => each is > 0 and <= 1))
                {
                    int? limit = isLimited ? answer.Length + room : null;
                    var stopping = await DecideAsync(measure, answer, new ThresholdPolicy(each), limit);
                    var waiting = await DecideAsync(measure, answer, new WithoutDuring(new ThresholdPolicy(each)), limit);

                    Assert.Equal(waiting.Verdict.Decision, stopping.Verdict.Decision);
                    Assert.Equal(answer.Length, waiting.Generation!.Tokens!.Count);
                    Interlocked.Increment(ref runs);
                    Interlocked.Add(ref stops, stopping.Verdict.Reason == DeferralReasons.ThresholdUnreachable ? 1 : 0);
                }
            },
            iter: 300);

        Assert.InRange(stops, 1, runs - 1);
        Assert.True(runs >= 300);
    }

    [Fact]
    public async Task The_attempt_shows_the_tokens_received_and_how_many_they_could_have_become()
    {
        var attempt = await DecideAsync(TokenConfidence.Minimum, [-0.1, -3, -0.1, -0.1], new ThresholdPolicy(0.5), limit: 50);

        Assert.Equal(DeferralReasons.ThresholdUnreachable, attempt.Verdict.Reason);
        Assert.Equal(2, attempt.Generation!.Tokens!.Count);
        Assert.Equal(2, attempt.Usage?.OutputTokenCount);
        Assert.Null(attempt.Usage?.InputTokenCount);
        Assert.Equal(UsageState.Partial, attempt.UsageState);
        Assert.Equal(50, attempt.OutputTokenLimit);
    }

    [Fact]
    public async Task Usage_that_was_on_its_way_when_the_answer_was_stopped_counts()
    {
        var reply = new ScriptedReply("a ", "b ", "c").WithLogProbabilities(-3, -0.1, -0.1).WithUsage(20, 3);

        var attempt = await DecideAsync(new ScriptedChatClient(reply), TokenConfidence.Minimum, new ThresholdPolicy(0.5), null);

        Assert.Equal(DeferralReasons.ThresholdUnreachable, attempt.Verdict.Reason);
        Assert.Single(attempt.Generation!.Tokens!);
        Assert.Equal((20, 3, UsageState.Reported), (attempt.Usage?.InputTokenCount, attempt.Usage?.OutputTokenCount, attempt.UsageState));
    }

    [Fact]
    public async Task A_cancellation_callback_that_throws_leaves_no_stream_open()
    {
        var reply = new ScriptedReply("a ", "b ", "c") { Delay = TimeSpan.FromMilliseconds(1) }.WithLogProbabilities(-3, -0.1, -0.1);
        var scripted = new ScriptedChatClient(reply);

        var attempt = await DecideAsync(new BadCallback(scripted), TokenConfidence.Minimum, new ThresholdPolicy(0.5), null);

        Assert.Equal(DeferralReasons.ThresholdUnreachable, attempt.Verdict.Reason);
        Assert.Equal(0, scripted.ActiveCalls);
        Assert.Null(attempt.Failure);
    }

    [Fact]
    public async Task Without_a_limit_a_mean_that_could_recover_is_waited_for()
    {
        var attempt = await DecideAsync(TokenConfidence.Mean, [-9, -9, -9, -9], new ThresholdPolicy(0.9), limit: null);

        Assert.Equal(DeferralReasons.BelowThreshold, attempt.Verdict.Reason);
        Assert.Equal(4, attempt.Generation!.Tokens!.Count);
        Assert.Null(attempt.OutputTokenLimit);
    }

    [Fact]
    public async Task A_limit_that_the_providers_own_options_may_change_is_not_relied_on()
    {
        var options = new ChatOptions { MaxOutputTokens = 5, RawRepresentationFactory = _ => new object() };

        var attempt = await DecideAsync(TokenConfidence.Mean, [-9, -9, -9, -9], new ThresholdPolicy(0.9), options);

        Assert.Equal(DeferralReasons.BelowThreshold, attempt.Verdict.Reason);
    }

    [Fact]
    public async Task A_policy_that_may_keep_before_the_threshold_is_asked_keeps_the_tier_going()
    {
        var policy = DeferralPolicy.FirstDecisive(DeferralPolicy.KeepWhen((_, _) => true), new ThresholdPolicy(0.9));

        var attempt = await DecideAsync(TokenConfidence.Minimum, [-9, -9], policy, limit: 10);

        Assert.Equal(Decision.Keep, attempt.Verdict.Decision);
    }

    [Fact]
    public async Task Reaching_the_limit_is_no_reason_to_distrust_it_and_passing_it_is()
    {
        var within = await DecideAsync(TokenConfidence.Mean, [-1, -1, -0.001, -0.001], new ThresholdPolicy(0.5), limit: 4);
        var beyond = await DecideAsync(TokenConfidence.Mean, [-0.5, -0.9, -0.001, -0.001], new ThresholdPolicy(0.6), limit: 1);

        Assert.Equal(Decision.Keep, within.Verdict.Decision);
        Assert.Equal(Decision.Keep, beyond.Verdict.Decision);
    }

    [Fact]
    public void A_client_without_log_probabilities_cannot_be_measured()
    {
        var silent = new ScriptedChatClient("Paris").AsBuilder().Use(inner => new Silent(inner)).Build();

        var exception = Assert.Throws<ArgumentException>(() => new ChatClientGenerator(silent) { TokenConfidence = TokenConfidence.Mean });

        Assert.Contains("UseOpenAILogProbabilities", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_without_log_probabilities_has_no_confidence_and_is_deferred(bool isStreaming)
    {
        var run = await new ChatClientGenerator(new ScriptedChatClient(ScriptedReply.Calls("search"))) { TokenConfidence = TokenConfidence.Mean }
            .RunAloneAsync(Question, isStreaming);

        Assert.Null(run.Generation.Tokens);
        Assert.Equal(Confidence.None, run.Generation.Confidence);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reader_that_throws_is_a_failure_of_who_measures_and_of_nobody_else(bool isStreaming)
    {
        var client = new ScriptedChatClient(new ScriptedReply("Paris").WithLogProbabilities(-1)).AsBuilder()
            .UseTokenLogProbabilities(_ => throw new FormatException("not mine")).Build();

        var measured = await new ChatClientGenerator(client) { TokenConfidence = TokenConfidence.Mean }.RunAloneAsync(Question, isStreaming);
        var asked = await new ChatClientGenerator(client).RunAloneAsync(Question, isStreaming);

        Assert.IsType<FormatException>(measured.Failure);
        Assert.NotEqual(UsageState.None, measured.Attempt.UsageState);
        Assert.Equal("Paris", asked.Generation.Response.Text);
        Assert.Null(asked.Generation.Tokens);
    }

    [Fact]
    public async Task A_limit_that_holds_for_each_of_several_calls_is_not_relied_on()
    {
        var calls = 0;
        var model = new ScriptedChatClient(_ => ++calls == 1
            ? ScriptedReply.Calls("look") with { Tokens = [new("x", -1), new("x", -1)] }
            : new ScriptedReply([.. Enumerable.Repeat("y ", 8)]).WithLogProbabilities([.. Enumerable.Repeat(0.0, 8)]));
        var client = model.AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions { MaxOutputTokens = 8, Tools = [AIFunctionFactory.Create(() => "found", "look")] };

        var attempt = await DecideAsync(client, TokenConfidence.Mean, new ThresholdPolicy(0.8), options);

        Assert.Equal(DeferralReasons.Confident, attempt.Verdict.Reason);
        Assert.Null(attempt.OutputTokenLimit);
    }

    [Fact]
    public async Task What_another_policy_would_send_to_the_expert_is_not_stopped_and_sent_to_the_next_tier()
    {
        var policy = DeferralPolicy.FirstDecisive(new ForTheExpert(), new ThresholdPolicy(0.9));

        var attempt = await DecideAsync(TokenConfidence.Minimum, [-9, -9], policy, limit: 10);

        Assert.Equal(Decision.DeferToExpert, attempt.Verdict.Decision);
    }

    [Fact]
    public void An_answer_has_one_confidence()
    {
        var client = new ScriptedChatClient("Paris");

        Assert.Throws<ArgumentException>(() => new ChatClientGenerator(client) { Confidence = (_, _) => default, TokenConfidence = TokenConfidence.Mean });
        Assert.Throws<ArgumentException>(() => new ChatClientGenerator(client) { TokenConfidence = TokenConfidence.Mean, Confidence = (_, _) => default });
    }

    [Fact]
    public async Task Another_provider_is_asked_and_read_by_delegates()
    {
        var inner = new ScriptedChatClient("Paris");
        var client = inner.AsBuilder()
            .Use(each => new Labelled(each))
            .UseTokenLogProbabilities(
                raw => raw is string text ? [new TokenLogProbability(text, -0.5)] : null,
                options => (options.AdditionalProperties ??= [])["logprobs"] = true)
            .Build();
        var options = new ChatOptions();

        var run = await new ChatClientGenerator(client) { TokenConfidence = TokenConfidence.Mean }.RunAloneAsync(new GenerationRequest(Question.Messages, options));

        Assert.Equal(Math.Exp(-0.5), run.Generation.Confidence.Value, 9);
        Assert.Equal(true, inner.Calls[0].Options?.AdditionalProperties?["logprobs"]);
        Assert.Null(options.AdditionalProperties);
    }

    private static Task<Attempt> DecideAsync(TokenConfidence measure, double[] answer, IDeferralPolicy policy, int? limit) =>
        DecideAsync(measure, answer, policy, new ChatOptions { MaxOutputTokens = limit });

    private static Task<Attempt> DecideAsync(TokenConfidence measure, double[] answer, IDeferralPolicy policy, ChatOptions options)
    {
        var reply = new ScriptedReply([.. answer.Select((_, i) => $"{i} ")]).WithLogProbabilities(answer);
        return DecideAsync(new ScriptedChatClient(reply), measure, policy, options);
    }

    private static async Task<Attempt> DecideAsync(
        IChatClient model, TokenConfidence measure, IDeferralPolicy policy, ChatOptions? options)
    {
        var recorder = new EpisodeRecorder();
        var generator = new ChatClientGenerator(model) { TokenConfidence = measure };
        var cascade = new Cascade(
            [new Tier("small", generator, policy)], Expert("Paris"), new CascadeSettings { OnEpisode = recorder.Record });
        using var client = new CascadeChatClient(cascade);

        await client.GetStreamingResponseAsync("Count.", options).ToChatResponseAsync();

        return recorder.Only.Root.Children[0];
    }

    private sealed class WithoutDuring(IDeferralPolicy inner) : IDeferralPolicy
    {
        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            inner.AfterAsync(request, generation, context, cancellationToken);
    }

    private sealed class ForTheExpert : IDeferralPolicy
    {
        public bool CanKeep => false;

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.DeferToExpert("hard"));
    }

    private sealed class BadCallback(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            cancellationToken.Register(() => throw new InvalidOperationException("bad callback"));
            return base.GetStreamingResponseAsync(messages, options, cancellationToken);
        }
    }

    private sealed class Silent(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override object? GetService(Type serviceType, object? serviceKey = null) => null;
    }

    private sealed class Labelled(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override async Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            var response = await base.GetResponseAsync(messages, options, cancellationToken);
            response.RawRepresentation = response.Text;
            return response;
        }
    }
}
