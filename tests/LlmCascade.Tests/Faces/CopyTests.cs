using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Faces;

public sealed class CopyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_caller_does_to_a_response_reaches_neither_the_episode_nor_a_shared_instance(bool isStreaming)
    {
        var episodes = new EpisodeRecorder();
        var shared = new ChatResponse(new ChatMessage(ChatRole.Assistant, [new TextContent("Paris"), new FunctionCallContent("1", "search")]))
        {
            AdditionalProperties = new() { ["own"] = 1 },
        };
        var client = new CascadeChatClient(new Cascade(
            [], new Expert(new FixedGenerator(shared)), new CascadeSettings { OnEpisode = episodes.Record }));

        var response = isStreaming
            ? await client.GetStreamingResponseAsync("?").ToChatResponseAsync()
            : await client.GetResponseAsync("?");
        response.Messages[0].Contents.OfType<FunctionCallContent>().Single().InformationalOnly = true;
        response.Messages[0].Contents.Add(new TextContent("!"));
        response.AdditionalProperties!["mine"] = 2;

        foreach (var untouched in new[] { shared, episodes.Only.Answer!.Response })
        {
            Assert.Equal(2, untouched.Messages[0].Contents.Count);
            Assert.False(untouched.Messages[0].Contents.OfType<FunctionCallContent>().Single().InformationalOnly);
            Assert.Equal(["own"], untouched.AdditionalProperties!.Keys);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Streamed_and_buffered_responses_say_the_same(bool isKept)
    {
        var answer = new ChatResponse(
            [
                new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("1", "search")]) { MessageId = "m1" },
                new ChatMessage(ChatRole.Tool, [new FunctionResultContent("1", "found")]) { MessageId = "m2" },
            ])
        {
            ResponseId = "r",
            ModelId = "m",
            FinishReason = ChatFinishReason.Stop,
            Usage = new UsageDetails { InputTokenCount = 1, OutputTokenCount = 1 },
            AdditionalProperties = new() { ["own"] = 1 },
        };
        var generator = new FixedGenerator(answer);
        var client = new CascadeChatClient(isKept
            ? new Cascade([new Tier("small", generator, KeepAll)], Expert("x"))
            : new Cascade([], new Expert(generator)));

        var buffered = await client.GetResponseAsync("?");
        var streamed = await client.GetStreamingResponseAsync("?").ToChatResponseAsync();

        foreach (var response in new[] { buffered, streamed })
        {
            Assert.Equal(["m1", "m2"], response.Messages.Select(message => message.MessageId));
            Assert.Equal(("r", "m", ChatFinishReason.Stop), (response.ResponseId, response.ModelId, response.FinishReason));
            Assert.Equal(1, response.Usage?.InputTokenCount);
            Assert.Equal(1, response.AdditionalProperties?["own"]);
            Assert.NotNull(response.GetCascadeTrace());
        }
    }

    [Fact]
    public async Task An_update_that_brings_usage_and_more_is_not_lost()
    {
        var last = new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 3 })])
        {
            ModelId = "m-7",
            ResponseId = "r-9",
        };
        var client = new CascadeChatClient(new Cascade(
            [], new Expert(new ChatClientGenerator(new UpdatesClient(new ChatResponseUpdate(ChatRole.Assistant, "Paris"), last)))));

        var response = await client.GetStreamingResponseAsync("?").ToChatResponseAsync();

        Assert.Equal(("m-7", "r-9", 3), (response.ModelId, response.ResponseId, response.Usage?.InputTokenCount));
    }

    [Fact]
    public async Task What_says_that_the_expert_failed_is_not_shown()
    {
        var client = new CascadeChatClient(new Cascade(
            [], new Expert(new ChatClientGenerator(new UpdatesClient(new ChatResponseUpdate(ChatRole.Assistant, [new ErrorContent("down")]))))));
        List<ChatResponseUpdate> shown = [];

        await Assert.ThrowsAsync<CascadeException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("?"))
            {
                shown.Add(update);
            }
        });

        Assert.Empty(shown);
    }

    [Fact]
    public async Task An_answer_that_is_still_to_come_carries_its_trace_on_the_response()
    {
        var pending = new ChatResponse { ContinuationToken = ResponseContinuationToken.FromBytes(new byte[] { 1 }) };
        var client = new CascadeChatClient(new Cascade(
            [new Tier("small", new FixedGenerator(pending), KeepAll)], new Expert(new FixedGenerator(pending))));

        var response = await client.GetResponseAsync("?");

        Assert.NotNull(response.ContinuationToken);
        Assert.Equal(["empty", "expert"], response.GetCascadeTrace()!.Attempts.Select(attempt => attempt.Reason));
    }

    [Fact]
    public async Task Options_are_those_of_the_moment_of_the_call()
    {
        var options = new ChatOptions { Temperature = 0 };
        var small = new ScriptedChatClient(_ =>
        {
            options.Temperature = 1;
            return "Lyon?";
        });
        var expert = new ScriptedChatClient("Paris");
        var client = new CascadeChatClient(new Cascade(
            [new Tier("small", new ChatClientGenerator(small), DeferAll)], new Expert(new ChatClientGenerator(expert))));

        await client.GetResponseAsync("?", options);

        Assert.Equal(0, expert.Calls[0].Options?.Temperature);
    }

    [Fact]
    public async Task A_client_cannot_change_what_the_next_one_sees()
    {
        var vandal = new ScriptedGenerator(request =>
        {
            ((IList<ChatMessage>)request.Messages)[0] = new ChatMessage(ChatRole.User, "changed");
            return "Lyon";
        });
        var expert = new ScriptedChatClient("Paris");
        var client = new CascadeChatClient(new Cascade(
            [new Tier("small", vandal, KeepAll)], new Expert(new ChatClientGenerator(expert))));

        await client.GetResponseAsync("Capital?");

        Assert.Equal("Capital?", expert.Calls[0].Messages[0].Text);
    }

    [Fact]
    public void A_message_that_is_null_is_refused_when_the_method_is_called()
    {
        var client = new CascadeChatClient(new Cascade([], Expert("x")));

        Assert.Throws<ArgumentException>(() => { _ = client.GetResponseAsync([null!]); });
        Assert.Throws<ArgumentException>(() => { _ = client.GetStreamingResponseAsync([null!]); });
        Assert.Throws<ArgumentException>(() => new CascadeChatClient(client.Cascade, [null!]));
    }

    [Fact]
    public async Task A_cancelled_stream_names_the_callers_token()
    {
        using var stop = new CancellationTokenSource();
        var client = new CascadeChatClient(new Cascade([], Expert(new ScriptedReply("Never") { NeverEnds = true })));

        var answer = client.GetStreamingResponseAsync("?", cancellationToken: stop.Token).ToChatResponseAsync();
        await stop.CancelAsync();

        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(stop.Token, exception.CancellationToken);
    }

    private sealed class FixedGenerator(ChatResponse response) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => new(new Generation(response));
    }

    private sealed class UpdatesClient(params ChatResponseUpdate[] updates) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) => updates.ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey) => null;

        public void Dispose()
        {
        }
    }
}
