using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class FailureTests
{
    public static TheoryData<string, AIContent[]> EmptyAnswers => new()
    {
        { "nothing", [] },
        { "white space", [new TextContent(" \n\t")] },
        { "reasoning", [new TextReasoningContent("The capital of France is …")] },
        { "usage", [new UsageContent(new UsageDetails { InputTokenCount = 3 })] },
    };

    [Fact]
    public async Task A_tier_that_throws_costs_money_but_not_the_answer()
    {
        var failure = new HttpRequestException("503");
        var tier = new Tier("small", new ScriptedGenerator(ScriptedReply.Throws(failure)), KeepAll) { Prices = new Prices(perCall: 1) };

        var (answer, episode) = await new Cascade([tier], Expert("Paris")).RunAsync(Question);

        Assert.Equal("Paris", answer.Response.Text);
        Assert.Equal(["small: failed", "expert: expert"], episode.Reasons());
        Assert.Same(failure, episode.Root.Children[0].Failure);
        Assert.Equal(1, episode.Root.Children[0].Cost);
        Assert.Equal(UsageState.Unknown, episode.Root.Children[0].UsageState);
    }

    [Theory]
    [MemberData(nameof(EmptyAnswers))]
    public async Task A_tier_that_returns_nothing_defers(string what, AIContent[] contents)
    {
        Assert.NotEmpty(what);
        var tier = Tier("small", new ScriptedReply { Contents = contents });

        var (_, episode) = await new Cascade([tier], Expert("Paris")).RunAsync(Question);

        Assert.Equal(["small: empty", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task A_tool_call_without_text_is_an_answer()
    {
        var cascade = new Cascade([Tier("small", ScriptedReply.Calls("search"))], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(["small: kept"], episode.Reasons());
    }

    [Fact]
    public async Task Error_content_is_a_failure()
    {
        var error = new ScriptedReply("Sorry") { Contents = [new ErrorContent("overloaded") { ErrorCode = "529" }] };

        var (_, episode) = await new Cascade([Tier("small", error)], Expert("Paris")).RunAsync(Question);

        Assert.Equal(["small: failed", "expert: expert"], episode.Reasons());
        Assert.Contains("529: overloaded", episode.Root.Children[0].Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_generator_that_returns_null_is_a_failure()
    {
        var cascade = new Cascade([new Tier("small", new NullGenerator(), KeepAll)], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(["small: failed", "expert: expert"], episode.Reasons());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_with_a_hole_is_a_failure_of_whoever_gave_it(bool isStreaming)
    {
        var whole = new ChatResponse(new ChatMessage(ChatRole.Assistant, "Lyon"));
        var holes = new[]
        {
            new Generation(whole) { Updates = [new ChatResponseUpdate(ChatRole.Assistant, "Lyon"), null!] },
            new Generation(new ChatResponse([whole.Messages[0], null!])),
        };
        foreach (var generator in holes.Select(hole => new FixedGenerator(hole)))
        {
            using var client = new CascadeChatClient(new Cascade([new Tier("small", generator, KeepAll)], Expert("Paris")));

            var response = isStreaming
                ? await client.GetStreamingResponseAsync("?").ToChatResponseAsync()
                : await client.GetResponseAsync("?");

            Assert.Equal("Paris", response.Text);
            Assert.Equal(["failed", "expert"], response.GetCascadeTrace()!.Attempts.Select(attempt => attempt.Reason));
            await Assert.ThrowsAsync<CascadeException>(async () => await new Cascade([], new Expert(generator)).RunAsync(Question));
        }
    }

    [Fact]
    public void An_answer_without_a_response_is_refused_where_it_is_made()
    {
        Assert.Throws<ArgumentNullException>("Response", () => new Generation((ChatResponse)null!));
        Assert.Throws<ArgumentNullException>("Response", () => new Generation(new ChatResponse()) with { Response = null! });
    }

    [Fact]
    public async Task A_tier_whose_policy_throws_defers_and_keeps_its_answer_on_record()
    {
        var broken = DeferralPolicy.Create((_, _) => throw new FormatException("no number"));

        var (_, episode) = await new Cascade([Tier("small", "Lyon", broken)], Expert("Paris")).RunAsync(Question);

        var attempt = episode.Root.Children[0];
        Assert.Equal(EscalationReasons.PolicyFailed, attempt.Verdict.Reason);
        Assert.IsType<FormatException>(attempt.Failure);
        Assert.Equal("Lyon", attempt.Generation?.Response.Text);
    }

    [Fact]
    public async Task A_policy_that_throws_before_the_call_skips_the_tier()
    {
        var generator = new ScriptedGenerator("Lyon");

        var (_, episode) = await new Cascade([new Tier("small", generator, new BrokenDoor())], Expert("Paris")).RunAsync(Question);

        Assert.Equal(["small: policy-failed", "expert: expert"], episode.Reasons());
        Assert.Equal(0, generator.CallCount);
    }

    [Fact]
    public async Task A_policy_that_throws_while_the_tier_answers_stops_it()
    {
        var (_, episode) = await new Cascade(
            [Tier("small", new ScriptedReply("Ly", "on"), new BrokenBrake())], Expert("Paris")).RunAsync(Question);

        Assert.Equal(["small: policy-failed", "expert: expert"], episode.Reasons());
        Assert.Equal("Ly", episode.Root.Children[0].Generation?.Response.Text);
    }

    [Fact]
    public async Task A_failed_expert_throws_one_exception_that_lists_every_attempt()
    {
        var outage = new HttpRequestException("500");
        var cascade = new Cascade(
            [Tier("small", ScriptedReply.Throws(new IOException("cable"))), Tier("large", "Lyon?", DeferAll)],
            Expert(ScriptedReply.Throws(outage)));

        var exception = await Assert.ThrowsAsync<CascadeException>(async () => await cascade.RunAsync(Question));

        Assert.Same(outage, exception.InnerException);
        Assert.Equal(["small", "large", "expert"], exception.Attempts.Select(attempt => attempt.Name));
        Assert.Equal(["failed", "deferred", "failed"], exception.Attempts.Select(attempt => attempt.Verdict.Reason));
        Assert.Contains("small: failed (IOException: cable)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("large: deferred", exception.Message, StringComparison.Ordinal);
        Assert.Contains("expert: failed (HttpRequestException: 500)", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(EmptyAnswers))]
    public async Task An_expert_that_returns_nothing_has_failed(string what, AIContent[] contents)
    {
        Assert.NotEmpty(what);
        var cascade = new Cascade([], Expert(new ScriptedReply { Contents = contents }));

        var exception = await Assert.ThrowsAsync<CascadeException>(async () => await cascade.RunAsync(Question));

        Assert.Equal(EscalationReasons.Empty, exception.Attempts[0].Verdict.Reason);
        Assert.NotNull(exception.Attempts[0].Generation);
    }

    [Fact]
    public async Task A_failed_request_leaves_an_episode_that_says_so()
    {
        var episodes = new EpisodeRecorder();
        var cascade = new Cascade(
            [Tier("small", "Lyon?", DeferAll)],
            Expert(ScriptedReply.Throws(new IOException("down"))),
            new CascadeSettings { OnEpisode = episodes.Record });

        await Assert.ThrowsAsync<CascadeException>(async () => await cascade.RunAsync(Question));

        var episode = episodes.Only;
        Assert.Null(episode.Answer);
        Assert.Null(episode.Answerer);
        Assert.Equal(["small: deferred", "expert: failed"], episode.Reasons());
        Assert.Equal(Decision.NoOpinion, episode.Root.Verdict.Decision);
    }

    private sealed class FixedGenerator(Generation answer) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => new(answer);
    }

    private sealed class NullGenerator : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => new((Generation)null!);
    }

    private sealed class BrokenDoor : IDeferralPolicy
    {
        public ValueTask<Verdict> BeforeAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("stuck");

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.Keep("open"));
    }

    private sealed class BrokenBrake : IDeferralPolicy
    {
        public Verdict During(GenerationRequest request, ConfidenceRange reachable) =>
            throw new InvalidOperationException("worn");

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.Keep("open"));
    }
}
