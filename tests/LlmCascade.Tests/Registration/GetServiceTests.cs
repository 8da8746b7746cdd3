using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class GetServiceTests
{
    private readonly ScriptedChatClient _small = Client();
    private readonly ScriptedChatClient _expert = Client();
    private readonly IChatClient _client;

    public GetServiceTests() => _client = _expert.AsBuilder()
        .UseLlmCascade(cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid())
            .AddTier("own", tier => tier.UseGenerator(new ScriptedGenerator("Paris")).KeepWhenValid())
            .Expert(expert => expert.WithName("strong")))
        .Build();

    [Fact]
    public void It_finds_the_client_and_its_cascade()
    {
        var cascade = Assert.IsType<CascadeChatClient>(_client.GetService(typeof(CascadeChatClient)));

        Assert.Same(_client, cascade);
        Assert.Same(cascade.Cascade, _client.GetService(typeof(Cascade)));
        Assert.Same(cascade, _client.GetService(typeof(IChatClient)));
    }

    [Fact]
    public void The_metadata_is_its_own_because_nobody_knows_who_will_answer()
    {
        var metadata = Assert.IsType<ChatClientMetadata>(_client.GetService(typeof(ChatClientMetadata)));

        Assert.Equal("llmcascade", metadata.ProviderName);
        Assert.Null(metadata.DefaultModelId);
    }

    [Fact]
    public void Nothing_of_what_lies_inside_is_found_without_a_name()
    {
        Assert.Null(_client.GetService(typeof(ScriptedChatClient)));
        Assert.Null(_client.GetService(typeof(string)));
    }

    [Fact]
    public void The_name_of_a_tier_or_of_the_expert_asks_its_chat_client()
    {
        Assert.Same(_small, _client.GetService(typeof(ScriptedChatClient), "local"));
        Assert.Same(_expert, _client.GetService(typeof(ScriptedChatClient), "strong"));
        Assert.Equal("scripted", ((ChatClientMetadata)_client.GetService(typeof(ChatClientMetadata), "local")!).ProviderName);
        Assert.Null(_client.GetService(typeof(CascadeChatClient), "local"));
    }

    [Fact]
    public void An_unknown_key_and_a_tier_without_a_chat_client_find_nothing()
    {
        Assert.Null(_client.GetService(typeof(ScriptedChatClient), "expert"));
        Assert.Null(_client.GetService(typeof(CascadeChatClient), "nobody"));
        Assert.Null(_client.GetService(typeof(CascadeChatClient), 1));
        Assert.Null(_client.GetService(typeof(ScriptedGenerator), "own"));
    }

    [Fact]
    public void A_missing_type_is_refused() => Assert.Throws<ArgumentNullException>(() => _client.GetService(null!));
}
