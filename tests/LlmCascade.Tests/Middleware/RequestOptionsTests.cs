using System.Text.Json;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Middleware;

public sealed class RequestOptionsTests
{
    private const string Property = "llmcascade.request";

    private readonly ScriptedChatClient _local = Scripted("Sunny");
    private readonly ScriptedChatClient _expert = Scripted("Rainy");

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task What_a_request_asks_reaches_its_episode(Mode mode)
    {
        using var pipelines = new Pipelines(_local, _expert);
        var options = new ChatOptions().WithCascade(cascade => cascade.Scope("tenant").Key("k").NoLearning().ForceExpert());

        var response = await pipelines.With(outside => outside).AskAsync(mode, options: options);

        var episode = Assert.Single(pipelines.Episodes);
        Assert.Equal(("tenant", "k", false), (episode.Scope, episode.Key, episode.AllowsLearning));
        Assert.Equal("Rainy", response.Text);
        Assert.Equal(["expert: expert"], episode.Reasons());
        Assert.Empty(_local.Calls);
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task A_request_that_asks_nothing_is_keyed_by_its_ordinal(Mode mode)
    {
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside);

        await client.AskAsync(mode);
        await client.AskAsync(mode, options: new ChatOptions().WithCascade(_ => { }));

        Assert.Equal([(null, "1", true), (null, "2", true)], pipelines.Episodes.Select(each => (each.Scope, each.Key, each.AllowsLearning)));
        Assert.Equal(2, _local.Calls.Count);
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task No_client_inside_sees_it_and_all_see_the_callers_own_properties(Mode mode)
    {
        using var pipelines = new Pipelines(Scripted(new ScriptedReply("Sun") { FinishReason = ChatFinishReason.Length }), _expert);
        using var onlyReserved = new Pipelines(_local, _expert);
        var own = new ChatOptions { AdditionalProperties = new() { ["own"] = 1 } };

        await pipelines.With(outside => outside).AskAsync(mode, options: own.WithCascade(cascade => cascade.Scope("tenant")));
        await onlyReserved.With(outside => outside).AskAsync(mode, options: new ChatOptions().WithCascade(cascade => cascade.Scope("tenant")));

        Assert.Equal(["own"], _expert.Calls[0].Options?.AdditionalProperties?.Keys);
        Assert.Null(_local.Calls[0].Options?.AdditionalProperties);
    }

    [Fact]
    public async Task The_next_turn_takes_no_trace_along()
    {
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside);
        List<ChatMessage> history = [new(ChatRole.User, "How is the weather?")];

        history.AddRange((await client.GetResponseAsync(history)).Messages);
        history.Add(new(ChatRole.User, "And tomorrow?"));
        await client.GetResponseAsync(history);

        Assert.NotNull(history[1].AdditionalProperties);
        Assert.All(_local.Calls[1].Messages, message => Assert.Null(message.AdditionalProperties));
        Assert.Equal(["How is the weather?", "Sunny", "And tomorrow?"], _local.Calls[1].Messages.Select(message => message.Text));
    }

    [Fact]
    public void The_original_options_stay_unchanged()
    {
        var original = new ChatOptions { Temperature = 0.5f, AdditionalProperties = new() { ["own"] = 1 } };

        var copy = original.WithCascade(cascade => cascade.Scope("tenant"));

        Assert.NotSame(original, copy);
        Assert.Equal(["own"], original.AdditionalProperties.Keys);
        Assert.Equal(0.5f, copy.Temperature);
        Assert.Equal(["own", Property], copy.AdditionalProperties!.Keys);
        Assert.IsType<string>(copy.AdditionalProperties[Property]);
    }

    [Fact]
    public void Two_calls_add_up_and_the_second_wins_where_they_differ()
    {
        var options = ((ChatOptions?)null)
            .WithCascade(cascade => cascade.Scope("first").NoLearning())
            .WithCascade(cascade => cascade.Scope("second").Key("k"));

        var read = CascadeChatOptionsExtensions.ReadCascade(options);
        Assert.Equal(new() { Scope = "second", Key = "k", NoLearning = true }, read);
    }

    [Fact]
    public async Task It_survives_json()
    {
        using var pipelines = new Pipelines(_local, _expert);
        var options = new ChatOptions().WithCascade(cascade => cascade.Scope("ténant \"x\"").Key("k").NoLearning().ForceExpert());

        var restored = JsonSerializer.Deserialize<ChatOptions>(
            JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!;
        await pipelines.With(outside => outside).GetResponseAsync("?", restored);

        Assert.IsType<JsonElement>(restored.AdditionalProperties![Property]);
        var episode = Assert.Single(pipelines.Episodes);
        Assert.Equal(("ténant \"x\"", "k", false), (episode.Scope, episode.Key, episode.AllowsLearning));
        Assert.Empty(_local.Calls);
    }

    public static TheoryData<object> Nonsense { get; } =
        [1, "", "no JSON", "null", "[]", """{"scope":1}""", """{"noLearning":"yes"}""", JsonSerializer.SerializeToElement(new { scope = "a" })];

    [Theory, MemberData(nameof(Nonsense))]
    public async Task Nonsense_is_refused_at_the_call_itself(object value)
    {
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside);
        var options = new ChatOptions { AdditionalProperties = new() { [Property] = value } };

        var refusal = Assert.Throws<ArgumentException>("options", () => { _ = client.GetStreamingResponseAsync("?", options); });
        await Assert.ThrowsAsync<ArgumentException>("options", () => client.GetResponseAsync("?", options));
        Assert.Throws<ArgumentException>("options", () => options.WithCascade(_ => { }));

        Assert.Contains("options.WithCascade(…)", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(pipelines.Episodes);
    }

    [Fact]
    public void Empty_scopes_and_keys_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ChatOptions().WithCascade(cascade => cascade.Scope(" ")));
        Assert.Throws<ArgumentException>(() => new ChatOptions().WithCascade(cascade => cascade.Key("")));
        Assert.Throws<ArgumentNullException>(() => new ChatOptions().WithCascade(null!));
    }

    private static ScriptedChatClient Scripted(ScriptedReply reply) => new(reply);
}
