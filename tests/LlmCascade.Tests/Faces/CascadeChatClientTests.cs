using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Faces;

public sealed class CascadeChatClientTests
{
    [Fact]
    public async Task A_response_is_the_answer_with_usage_and_trace()
    {
        var small = new ScriptedChatClient(new ScriptedReply("Lyon?").WithUsage(10, 1));
        var expert = new ScriptedChatClient(new ScriptedReply("Paris").WithUsage(20, 2) with { ConversationId = "c" });

        var response = await Client(small, expert).GetResponseAsync("Capital of France?");

        Assert.Equal("Paris", response.Text);
        Assert.Equal("c", response.ConversationId);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal((30, 3, 33), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        Assert.Equal(10, response.Usage.AdditionalCounts!["small.input_tokens"]);
        Assert.Equal(1, response.Usage.AdditionalCounts["small.output_tokens"]);
        Assert.Equal(20, response.Usage.AdditionalCounts["expert.input_tokens"]);
        Assert.Equal(2, response.Usage.AdditionalCounts["expert.output_tokens"]);
        Assert.Equal("expert", response.GetCascadeTrace()?.AnsweredBy);
    }

    [Fact]
    public async Task Usage_is_absent_when_nobody_reports_any()
    {
        var response = await Client(new ScriptedChatClient("Lyon?"), new ScriptedChatClient("Paris")).GetResponseAsync("Capital?");

        Assert.Null(response.Usage);
        Assert.True(response.GetCascadeTrace()!.IsUsageIncomplete);
    }

    [Fact]
    public async Task A_response_that_a_client_shares_is_copied_and_its_usage_belongs_to_the_caller()
    {
        var shared = new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paris")
        {
            AdditionalProperties = new() { ["own"] = 1 },
        })
        {
            Usage = new UsageDetails { InputTokenCount = 5 },
        };
        var episodes = new EpisodeRecorder();
        var cascade = new Cascade(
            [],
            new Expert(new ChatClientGenerator(new SharedClient(shared))),
            new CascadeSettings { OnEpisode = episodes.Record });

        var response = await new CascadeChatClient(cascade).GetResponseAsync("Capital?");
        response.Usage!.Add(new UsageDetails { InputTokenCount = 1000 });

        Assert.Equal(["own"], shared.Messages[0].AdditionalProperties!.Keys);
        Assert.Equal(1, response.Messages[0].AdditionalProperties!["own"]);
        Assert.Equal(5, shared.Usage.InputTokenCount);
        Assert.Equal(5, episodes.Only.Root.Total().Usage.InputTokenCount);
    }

    [Fact]
    public async Task The_callers_messages_are_read_once_and_later_changes_do_not_matter()
    {
        var reads = 0;
        IEnumerable<ChatMessage> Messages()
        {
            reads++;
            yield return new ChatMessage(ChatRole.User, "Capital?");
        }

        var expert = new ScriptedChatClient("Paris");
        await Client(new ScriptedChatClient("Lyon?"), expert).GetResponseAsync(Messages());

        Assert.Equal(1, reads);
        Assert.Equal("Capital?", expert.Calls[0].Messages[0].Text);
    }

    [Fact]
    public async Task A_trace_from_an_earlier_turn_is_not_shown_to_any_model()
    {
        var small = new ScriptedChatClient("Lyon?");
        var expert = new ScriptedChatClient("Paris");
        var client = Client(small, expert);
        var first = await client.GetResponseAsync("Capital of France?");

        await client.GetResponseAsync([.. first.Messages, new ChatMessage(ChatRole.User, "And of Spain?")]);

        Assert.NotNull(first.GetCascadeTrace());
        Assert.All(
            small.Calls.Concat(expert.Calls).SelectMany(call => call.Messages),
            message => Assert.Null(message.AdditionalProperties));
    }

    [Fact]
    public async Task An_exception_of_the_loop_reaches_the_caller()
    {
        var client = Client(new ScriptedChatClient("Lyon?"), new ScriptedChatClient(ScriptedReply.Throws(new IOException("down"))));

        await Assert.ThrowsAsync<CascadeException>(() => client.GetResponseAsync("Capital?"));
    }

    [Fact]
    public void Null_is_refused_when_the_method_is_called()
    {
        var client = Client(new ScriptedChatClient("a"), new ScriptedChatClient("b"));

        Assert.Throws<ArgumentNullException>(() => { _ = client.GetResponseAsync((IEnumerable<ChatMessage>)null!); });
        Assert.Throws<ArgumentNullException>(() => { _ = client.GetStreamingResponseAsync((IEnumerable<ChatMessage>)null!); });
        Assert.Throws<ArgumentNullException>(() => new CascadeChatClient(null!));
    }

    [Fact]
    public void Disposal_disposes_what_the_client_owns_and_nothing_else()
    {
        var owned = new ScriptedChatClient("a");
        var lent = new ScriptedChatClient("b");

        new CascadeChatClient(new Cascade([], new Expert(new ChatClientGenerator(lent))), owned).Dispose();

        Assert.True(owned.IsDisposed);
        Assert.False(lent.IsDisposed);
    }

    private static CascadeChatClient Client(IChatClient small, IChatClient expert) => new(new Cascade(
        [new Tier("small", new ChatClientGenerator(small), DeferAll)],
        new Expert(new ChatClientGenerator(expert))));

    private sealed class SharedClient(ChatResponse response) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) => Task.FromResult(response);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey) => null;

        public void Dispose()
        {
        }
    }
}
