using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Chat;

/// <summary>What a <see cref="ChatClientGenerator"/> does to options and messages on their way to its client.</summary>
public sealed class ClonedOptionsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_host_or_the_client_changes_never_reaches_the_callers_options(bool isStreaming)
    {
        var asked = Everything();
        var client = new ScriptedChatClient(call =>
        {
            Change(call.Options!);
            return "Paris";
        });

        await AskAsync(new ChatClientGenerator(client) { Configure = Change }, asked, isStreaming: isStreaming);

        AssertUnchanged(asked);
        Assert.Equal(2, client.Calls[0].Options!.StopSequences!.Count(stop => stop == "changed"));
    }

    [Fact]
    public async Task Attempts_do_not_see_each_others_changes()
    {
        var cheap = new ScriptedChatClient("Lyon");
        var dear = new ScriptedChatClient("Paris");
        var tier = new Tier("small", new ChatClientGenerator(cheap) { Configure = Change }, DeferAll);
        var asked = Everything();

        await new Cascade([tier], new Expert(new ChatClientGenerator(dear))).RunAsync(new(Question.Messages, asked));

        Assert.Equal(2, cheap.Calls[0].Options?.Temperature);
        AssertUnchanged(dear.Calls[0].Options!);
        Assert.NotSame(asked, dear.Calls[0].Options);
    }

    [Fact]
    public async Task Everything_that_was_asked_for_reaches_the_client() => AssertUnchanged((await SeenAsync(Everything()))!);

    [Fact]
    public async Task Without_options_the_client_gets_none() => Assert.Null(await SeenAsync(null));

    [Fact]
    public async Task Edits_make_options_where_there_are_none()
    {
        var edited = await SeenAsync(null, client => new(client) { Configure = options => options.Temperature = 0.5f });
        var mapped = await SeenAsync(null, client => new(client) { ModelId = "mini" });

        Assert.Equal(0.5f, edited?.Temperature);
        Assert.Equal("mini", mapped?.ModelId);
    }

    [Fact]
    public async Task The_callers_model_is_for_the_expert_alone()
    {
        var asked = new ChatOptions { ModelId = "large" };
        var expert = new ScriptedChatClient("Paris");

        Assert.Null((await SeenAsync(asked))!.ModelId);
        await new CascadeChatClient(new Cascade([], new Expert(new ChatClientGenerator(expert)))).GetResponseAsync("?", asked);

        Assert.Equal("large", expert.Calls[0].Options?.ModelId);
        Assert.Equal("large", asked.ModelId);
    }

    [Fact]
    public async Task A_model_can_be_chosen_and_the_edit_has_the_last_word()
    {
        var asked = new ChatOptions { ModelId = "large" };

        var chosen = await SeenAsync(asked, client => new(client) { ModelId = "mini" });
        var edited = await SeenAsync(asked, client => new(client)
        {
            ModelId = "mini",
            Configure = options => options.ModelId += "-tuned",
        });

        Assert.Equal("mini", chosen?.ModelId);
        Assert.Equal("mini-tuned", edited?.ModelId);
        Assert.Equal("large", asked.ModelId);
    }

    [Fact]
    public async Task The_cascades_own_properties_are_removed_and_others_stay()
    {
        var asked = new ChatOptions
        {
            AdditionalProperties = new() { ["llmcascade.request"] = "{}", ["LLMCASCADE.other"] = 1, ["llmcascade"] = 2, ["mine"] = 3 },
        };

        var seen = await SeenAsync(asked);

        Assert.Equal(["llmcascade", "mine"], seen!.AdditionalProperties!.Keys.Order());
        Assert.Equal(4, asked.AdditionalProperties.Count);
    }

    [Fact]
    public async Task Where_all_properties_are_the_cascades_none_are_left()
    {
        var asked = new ChatOptions().WithCascade(cascade => cascade.Scope("tenant"));

        Assert.Null((await SeenAsync(asked))!.AdditionalProperties);
        Assert.Single(asked.AdditionalProperties!);
    }

    [Fact]
    public async Task Messages_lose_the_cascades_properties_in_a_copy_and_the_others_are_shared()
    {
        var client = new ScriptedChatClient("Madrid");
        ChatMessage[] messages =
        [
            new(ChatRole.User, "Capital of France?") { AdditionalProperties = new() { ["mine"] = 1 } },
            new(ChatRole.Assistant, "Paris") { AdditionalProperties = new() { ["llmcascade.trace"] = "{}", ["mine"] = 2 }, MessageId = "7" },
            new(ChatRole.Assistant, "Indeed.") { AdditionalProperties = new() { ["llmcascade.trace"] = "{}" } },
            new(ChatRole.User, "And of Spain?"),
        ];

        await AskAsync(new ChatClientGenerator(client), null, messages);

        var seen = client.Calls[0].Messages;
        Assert.Same(messages[0], seen[0]);
        Assert.Equal(("Paris", "7"), (seen[1].Text, seen[1].MessageId));
        Assert.Equal(["mine"], seen[1].AdditionalProperties!.Keys);
        Assert.Null(seen[2].AdditionalProperties);
        Assert.Same(messages[3], seen[3]);
        Assert.Equal(2, messages[1].AdditionalProperties!.Count);
        Assert.Single(messages[2].AdditionalProperties!);
    }

    [Fact]
    public async Task Conversations_and_background_responses_are_for_their_owner_alone()
    {
        var asked = new ChatOptions
        {
            ConversationId = "conversation",
            ContinuationToken = ResponseContinuationToken.FromBytes(new byte[] { 1 }),
            AllowBackgroundResponses = true,
        };

        var expert = new ScriptedChatClient("Paris");
        var stranger = await SeenAsync(new ChatOptions { AllowBackgroundResponses = true, Temperature = 1 });
        await new CascadeChatClient(new Cascade([Tier("small", "Lyon")], new Expert(new ChatClientGenerator(expert))))
            .GetResponseAsync("?", asked);

        var owner = expert.Calls[0].Options!;
        Assert.Equal((null, 1), (stranger!.AllowBackgroundResponses, stranger.Temperature));
        Assert.Equal(
            (asked.ConversationId, asked.ContinuationToken, true),
            (owner.ConversationId, owner.ContinuationToken, owner.AllowBackgroundResponses));
        Assert.Equal(("conversation", true), (asked.ConversationId, asked.AllowBackgroundResponses));
    }

    private static ChatOptions Everything() => new()
    {
        Instructions = "Be brief.",
        Temperature = 1,
        MaxOutputTokens = 100,
        StopSequences = ["stop"],
        Tools = [AIFunctionFactory.Create(() => "noon", "clock")],
        ToolMode = ChatToolMode.Auto,
        Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Low },
        ResponseFormat = ChatResponseFormat.Json,
        AdditionalProperties = new() { ["mine"] = 1 },
    };

    private static void Change(ChatOptions options)
    {
        options.Instructions = "Be verbose.";
        options.Temperature = 2;
        options.MaxOutputTokens = 200;
        options.StopSequences!.Add("changed");
        options.Tools!.Clear();
        options.ToolMode = ChatToolMode.None;
        options.Reasoning!.Effort = ReasoningEffort.High;
        options.ResponseFormat = ChatResponseFormat.Text;
        options.AdditionalProperties!["mine"] = 2;
        options.AdditionalProperties["yours"] = 3;
    }

    private static void AssertUnchanged(ChatOptions options)
    {
        Assert.Equal("Be brief.", options.Instructions);
        Assert.Equal(1, options.Temperature);
        Assert.Equal(100, options.MaxOutputTokens);
        Assert.Equal(["stop"], options.StopSequences!);
        Assert.Equal("clock", Assert.Single(options.Tools!).Name);
        Assert.Equal(ChatToolMode.Auto, options.ToolMode);
        Assert.Equal(ReasoningEffort.Low, options.Reasoning?.Effort);
        Assert.Same(ChatResponseFormat.Json, options.ResponseFormat);
        Assert.Equal(1, Assert.Single(options.AdditionalProperties!).Value);
    }

    private static async Task<ChatOptions?> SeenAsync(
        ChatOptions? options, Func<IChatClient, ChatClientGenerator>? make = null)
    {
        var client = new ScriptedChatClient("Paris");
        await AskAsync(make is null ? new ChatClientGenerator(client) : make(client), options);
        return Assert.Single(client.Calls).Options;
    }

    private static Task<ChatResponse> AskAsync(
        ChatClientGenerator generator, ChatOptions? options, IEnumerable<ChatMessage>? messages = null, bool isStreaming = false)
    {
        var client = new CascadeChatClient(new Cascade([new Tier("small", generator, KeepAll)], Expert("x")));
        return isStreaming
            ? client.GetStreamingResponseAsync(messages ?? Question.Messages, options).ToChatResponseAsync()
            : client.GetResponseAsync(messages ?? Question.Messages, options);
    }
}
