using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class ConversationTests
{
    private static readonly GenerationRequest _continuing =
        new([new ChatMessage(ChatRole.User, "And of Spain?")], new ChatOptions { ConversationId = "at-the-expert" });

    [Fact]
    public async Task A_request_that_continues_a_conversation_goes_to_the_expert_alone()
    {
        var small = new ScriptedGenerator("Lyon");

        var (_, episode) = await new Cascade([new Tier("small", small, KeepAll)], Expert("Madrid")).RunAsync(_continuing);

        Assert.Equal(["small: conversation", "expert: expert"], episode.Reasons());
        Assert.Equal(0, small.CallCount);
    }

    [Fact]
    public async Task A_continuation_token_counts_like_a_conversation()
    {
        var token = ResponseContinuationToken.FromBytes(new byte[] { 1, 2, 3 });
        var request = new GenerationRequest(Question.Messages, new ChatOptions { ContinuationToken = token });

        var (_, episode) = await new Cascade([Tier("small", "Lyon")], Expert("Madrid")).RunAsync(request);

        Assert.Equal(["small: conversation", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task Where_a_tier_owns_conversations_it_stands_in_for_the_expert()
    {
        var owner = new Tier("small", new ScriptedGenerator("Madrid"), DeferAll) { OwnsConversations = true };
        var expert = new ScriptedGenerator("x");

        var (answer, episode) = await new Cascade([owner], new Expert(expert)).RunAsync(_continuing);

        Assert.Equal("Madrid", answer.Response.Text);
        Assert.False(answer.IsAuthoritative);
        Assert.Equal(["small: conversation"], episode.Reasons());
        Assert.Equal("small", episode.Answerer?.Name);
        Assert.Equal(0, expert.CallCount);
    }

    [Fact]
    public async Task Only_the_owners_answers_keep_their_conversation_id()
    {
        var reply = new ScriptedReply("Paris") { ConversationId = "somewhere" };

        var fromTier = await new Cascade([Tier("small", reply)], Expert("x")).RunAsync(Question);
        var fromExpert = await new Cascade([], Expert(reply)).RunAsync(Question);
        var owner = new Tier("small", new ScriptedGenerator(reply), KeepAll) { OwnsConversations = true };
        var fromOwner = await new Cascade([owner], Expert("x")).RunAsync(Question);
        var ousted = new Tier("small", new ScriptedGenerator(reply), DeferAll) { OwnsConversations = true };
        var fromOustedExpert = await new Cascade([ousted], Expert(reply)).RunAsync(Question);

        Assert.Null(fromTier.Generation.Response.ConversationId);
        Assert.All(fromTier.Generation.Updates!, update => Assert.Null(update.ConversationId));
        Assert.Equal("somewhere", fromExpert.Generation.Response.ConversationId);
        Assert.Equal("somewhere", fromOwner.Generation.Response.ConversationId);
        Assert.Null(fromOustedExpert.Generation.Response.ConversationId);
    }

    [Fact]
    public async Task Hiding_a_conversation_leaves_the_clients_own_response_as_it_was()
    {
        var shared = new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paris")) { ConversationId = "somewhere" };
        var tier = new Tier("small", new ChatClientGenerator(new SharedResponse(shared)), KeepAll);

        var (answer, _) = await new Cascade([tier], Expert("x")).RunAsync(Question);

        Assert.Null(answer.Response.ConversationId);
        Assert.Equal("somewhere", shared.ConversationId);
    }

    private sealed class SharedResponse(ChatResponse response) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) => Task.FromResult(response);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
            response.ToChatResponseUpdates().ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey) => null;

        public void Dispose()
        {
        }
    }
}
