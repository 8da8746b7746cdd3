using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using LlmCascade.Tests.Escalation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Chat;

public sealed class ChatClientGeneratorTests
{
    private static readonly ScriptedReply _paris = new ScriptedReply("Pa", "ris").WithUsage(20, 2);

    private static readonly Prices _prices = new(inputPerMillion: 1, outputPerMillion: 10);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_is_the_clients_own_and_carries_no_evidence_by_itself(bool isStreaming)
    {
        var client = new ScriptedChatClient(_paris);

        var attempt = await AskAsync(new ChatClientGenerator(client), isStreaming: isStreaming);

        Assert.Equal("Paris", attempt.Generation?.Response.Text);
        Assert.Equal(Confidence.None, attempt.Generation?.Confidence);
        Assert.Null(attempt.Generation?.Labels);
        Assert.Equal(isStreaming, Assert.Single(client.Calls).IsStreaming);
    }

    [Fact]
    public async Task A_response_is_handed_on_as_it_came()
    {
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paris"));

        var attempt = await AskAsync(new ChatClientGenerator(new FixedClient([response])));

        Assert.Same(response, attempt.Generation?.Response);
        Assert.Null(attempt.Generation?.Updates);
    }

    [Fact]
    public async Task A_streamed_answer_keeps_its_original_chunks()
    {
        var client = new RecordingClient(new ScriptedChatClient(_paris));

        var attempt = await AskAsync(new ChatClientGenerator(client), isStreaming: true);

        Assert.Equal(["Pa", "ris", "", ""], attempt.Generation!.Updates!.Select(update => update.Text));
        Assert.All(attempt.Generation.Updates!.Zip(client.Updates), pair => Assert.Same(pair.Second, pair.First));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reported_usage_is_recorded_and_priced(bool isStreaming)
    {
        var attempt = await AskAsync(new ChatClientGenerator(new ScriptedChatClient(_paris)), isStreaming: isStreaming);

        Assert.Equal((20, 2), (attempt.Usage?.InputTokenCount, attempt.Usage?.OutputTokenCount));
        Assert.Equal(UsageState.Reported, attempt.UsageState);
        Assert.Equal((0.00004m, true), (attempt.Cost, attempt.IsCostComplete));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_reports_no_usage_leaves_it_unknown(bool isStreaming)
    {
        var attempt = await AskAsync(new ChatClientGenerator(new ScriptedChatClient("Paris")), isStreaming: isStreaming);

        Assert.Null(attempt.Usage);
        Assert.Equal(UsageState.Unknown, attempt.UsageState);
        Assert.Equal((null, false), (attempt.Cost, attempt.IsCostComplete));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_that_throws_is_recorded_as_paid_with_unknown_usage(bool isStreaming)
    {
        var down = new IOException("down");

        var attempt = await AskAsync(
            new ChatClientGenerator(new ScriptedChatClient(ScriptedReply.Throws(down))), isStreaming: isStreaming);

        Assert.Same(down, attempt.Failure);
        Assert.Equal((UsageState.Unknown, false), (attempt.UsageState, attempt.IsCostComplete));
    }

    [Fact]
    public async Task Usages_of_one_stream_add_up()
    {
        var reply = new ScriptedReply("Paris") { Contents = [Usage(20, 1), Usage(0, 3)] };

        var attempt = await AskAsync(new ChatClientGenerator(new ScriptedChatClient(reply)), isStreaming: true);

        Assert.Equal((20, 4), (attempt.Usage?.InputTokenCount, attempt.Usage?.OutputTokenCount));
        Assert.Equal(UsageState.Reported, attempt.UsageState);
    }

    [Fact]
    public async Task A_stream_that_is_cut_records_what_was_seen_as_a_lower_bound()
    {
        var cut = new ScriptedReply("Pa") { Contents = [Usage(20, 1)], Failure = new IOException("cut") };

        var attempt = await AskAsync(new ChatClientGenerator(new ScriptedChatClient(cut)), isStreaming: true);

        Assert.Equal((20, 1), (attempt.Usage?.InputTokenCount, attempt.Usage?.OutputTokenCount));
        Assert.Equal(UsageState.Partial, attempt.UsageState);
        Assert.Equal((0.00003m, false), (attempt.Cost, attempt.IsCostComplete));
    }

    [Fact]
    public async Task A_client_that_returns_null_has_failed_and_was_paid()
    {
        var attempt = await AskAsync(new ChatClientGenerator(new FixedClient([null!])));

        Assert.IsType<InvalidOperationException>(attempt.Failure);
        Assert.Equal(UsageState.Unknown, attempt.UsageState);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_function_finds_the_confidence_of_a_response(bool isStreaming)
    {
        var generator = new ChatClientGenerator(new ScriptedChatClient(_paris))
        {
            Confidence = (request, response) =>
                Confidence.Proxy(request.Query == Question.Query && response.Text == "Paris" ? 0.7 : 0),
        };

        var attempt = await AskAsync(generator, isStreaming: isStreaming);

        Assert.Equal(Confidence.Proxy(0.7), attempt.Generation?.Confidence);
        Assert.Equal(isStreaming, attempt.Generation?.Updates is not null);
    }

    [Fact]
    public async Task A_confidence_that_cannot_be_found_is_a_failure_that_was_paid_for()
    {
        var generator = new ChatClientGenerator(new ScriptedChatClient(_paris))
        {
            Confidence = (_, _) => throw new FormatException("no number"),
        };

        var attempt = await AskAsync(generator);

        Assert.IsType<FormatException>(attempt.Failure);
        Assert.Equal((UsageState.Reported, 0.00004m), (attempt.UsageState, attempt.Cost));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancellation_reaches_the_client(bool isStreaming)
    {
        var endless = new ScriptedChatClient(new ScriptedReply("Pa") { NeverEnds = true });
        var client = new CascadeChatClient(new Cascade([], new Expert(new ChatClientGenerator(endless))));
        using var cancellation = new CancellationTokenSource();

        var answer = isStreaming
            ? client.GetStreamingResponseAsync("Capital?", cancellationToken: cancellation.Token).ToChatResponseAsync()
            : client.GetResponseAsync("Capital?", cancellationToken: cancellation.Token);
        await TimeLimitTests.WaitForAsync(() => endless.ActiveCalls == 1);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(0, endless.ActiveCalls);
    }

    [Fact]
    public async Task A_stream_that_ignores_cancellation_is_left_at_its_next_update()
    {
        var time = new FakeTimeProvider();
        var second = TimeSpan.FromSeconds(1);
        var deaf = new ScriptedChatClient(
            _ => new ScriptedReply("1", "2", "3") { Delay = second, IgnoresCancellation = true }, time);
        var tier = new Tier("small", new ChatClientGenerator(deaf), KeepAll) { Timeout = second * 1.5 };
        var settings = new CascadeSettings { TimeProvider = time, GraceTime = second * 10 };
        var client = new CascadeChatClient(new Cascade([tier], Expert("Paris"), settings));

        var answer = client.GetStreamingResponseAsync("Capital?").ToChatResponseAsync();
        await TimeLimitTests.WaitForAsync(() =>
        {
            time.Advance(second / 10);
            return answer.IsCompleted;
        });

        Assert.Equal("Paris", (await answer).Text);
        Assert.Equal(0, deaf.ActiveCalls);
    }

    [Fact]
    public async Task Usage_that_comes_after_the_cancellation_is_recorded()
    {
        var time = new FakeTimeProvider();
        var second = TimeSpan.FromSeconds(1);
        var deaf = new ScriptedChatClient(
            _ => new ScriptedReply("Lyon") { Delay = second, IgnoresCancellation = true }.WithUsage(20, 2), time);
        var recorder = new EpisodeRecorder();
        var tier = new Tier("small", new ChatClientGenerator(deaf), KeepAll) { Timeout = second * 2.5 };
        var settings = new CascadeSettings { TimeProvider = time, GraceTime = second * 10, OnEpisode = recorder.Record };
        var client = new CascadeChatClient(new Cascade([tier], Expert("Paris"), settings));

        var answer = client.GetStreamingResponseAsync("Capital?").ToChatResponseAsync();
        await TimeLimitTests.WaitForAsync(() =>
        {
            time.Advance(second / 10);
            return answer.IsCompleted;
        });

        await answer;
        var attempt = recorder.Only.Root.Children[0];
        Assert.Equal(EscalationReasons.TimedOut, attempt.Verdict.Reason);
        Assert.Equal((22, UsageState.Partial), (attempt.Usage?.InputTokenCount + attempt.Usage?.OutputTokenCount, attempt.UsageState));
    }

    [Fact]
    public void The_client_stays_the_hosts_to_dispose()
    {
        var client = new ScriptedChatClient(_paris);
        var generator = new ChatClientGenerator(client);

        new CascadeChatClient(new Cascade([new Tier("small", generator, KeepAll)], new Expert(generator))).Dispose();

        Assert.Same(client, generator.Client);
        Assert.False(client.IsDisposed);
        Assert.IsNotType<IDisposable>(generator, exactMatch: false);
    }

    [Fact]
    public void There_is_a_client() => Assert.Throws<ArgumentNullException>("client", () => new ChatClientGenerator(null!));

    private static UsageContent Usage(long input, long output) =>
        new(new UsageDetails { InputTokenCount = input, OutputTokenCount = output });

    private static async Task<Attempt> AskAsync(ChatClientGenerator generator, bool isStreaming = false) =>
        (await generator.RunAloneAsync(Question, isStreaming, _prices)).Attempt;

    private sealed class RecordingClient(IChatClient inner) : DelegatingChatClient(inner)
    {
        public List<ChatResponseUpdate> Updates { get; } = [];

        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetStreamingResponseAsync(messages, options, cancellationToken).Select(update =>
            {
                Updates.Add(update);
                return update;
            });
    }

    private sealed class FixedClient(ChatResponse[] responses) : DelegatingChatClient(new ScriptedChatClient("unused"))
    {
        public override Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(responses[0]);
    }
}
