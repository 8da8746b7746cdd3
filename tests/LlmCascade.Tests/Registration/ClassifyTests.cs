using LlmCascade.Chat;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class ClassifyTests
{
    [Theory]
    [InlineData("Positive.", "positive", "local", "local: valid")]
    [InlineData("I cannot tell", "negative", "expert", "local: unparsed, expert: expert")]
    [InlineData("positive, or negative", "negative", "expert", "local: unparsed, expert: expert")]
    public async Task The_container_hands_out_a_classifier_whose_chat_tiers_are_read(
        string reply, string label, string answeredBy, string reasons)
    {
        await using var services = Build(reply);

        var result = await services.GetRequiredService<CascadeClassifier>().ClassifyAsync("Great!");

        Assert.Equal((label, answeredBy), (result.Label, result.AnsweredBy));
        Assert.Equal(reasons, string.Join(", ", result.Episode!.Reasons()));
    }

    [Fact]
    public async Task The_chat_client_still_chats_and_is_the_same_cascade()
    {
        await using var services = Build("Lyon");

        var response = await services.GetRequiredService<IChatClient>().GetResponseAsync("Capital of France?");

        Assert.Equal("Lyon", response.Text);
        Assert.Same(services.Cascade().Cascade, services.GetRequiredService<CascadeClassifier>().Cascade);
        Assert.NotNull(services.Cascade().GetService(typeof(ScriptedChatClient), "local"));
        Assert.NotNull(services.Cascade().GetService(typeof(ScriptedChatClient), "expert"));
    }

    [Fact]
    public async Task A_named_cascades_classifier_has_its_key_and_its_own_labels()
    {
        await using var services = BuildServices(s =>
        {
            s.AddLlmCascade("mood", cascade => cascade
                .Classify("positive", "negative")
                .AddTier("local", tier => tier.UseChatClient(Client("positive")).KeepWhenValid())
                .Expert(expert => expert.UseChatClient(Client("negative"))));
            s.AddLlmCascade("topic", cascade => cascade
                .Classify(new LabelPrompt(new LabelSpace("sports", "other"), "What is it about?", [new("football", "sports")]))
                .AddTier("local", tier => tier.UseChatClient(Client("Football!")).KeepWhenValid())
                .Expert(expert => expert.UseChatClient(Client("other"))));
        });

        Assert.Equal("positive", (await services.GetRequiredKeyedService<CascadeClassifier>("mood").ClassifyAsync("x")).Label);
        Assert.Equal("sports", (await services.GetRequiredKeyedService<CascadeClassifier>("topic").ClassifyAsync("x")).Label);
        Assert.Null(services.GetService<CascadeClassifier>());
    }

    [Fact]
    public async Task A_cascade_without_labels_has_no_classifier()
    {
        await using var services = BuildServices(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(Client()).KeepWhenValid()));
        });

        Assert.Null(services.GetService<CascadeClassifier>());
    }

    [Theory]
    [InlineData("positive", "positive", "tier")]
    [InlineData("I cannot tell", "negative", "tier")]
    [InlineData("positive", "positive", "expert")]
    [InlineData("I cannot tell", "negative", "expert")]
    public async Task A_cascade_inside_that_classifies_too_is_read_at_both_levels(string reply, string label, string role)
    {
        await using var services = BuildServices(s =>
        {
            s.AddLlmCascade("inner", cascade => cascade
                .Classify("positive", "negative")
                .AddTier("inner-local", tier => tier.UseChatClient(Client(reply)).KeepWhenValid())
                .Expert(expert => expert.UseChatClient(Client("negative"))));
            s.AddLlmCascade("outer", cascade => cascade
                .Classify("positive", "negative")
                .AddTier("local", tier => tier.UseChatClient(role == "tier" ? "inner" : "silent").KeepWhenValid())
                .Expert(expert => expert.UseChatClient(role == "expert" ? "inner" : "silent")));
            s.AddKeyedChatClient("silent", Client("no comment"));
        });

        var result = await services.GetRequiredKeyedService<CascadeClassifier>("outer").ClassifyAsync("x");

        Assert.Equal((label, role == "expert"), (result.Label, result.IsFromExpert));
        Assert.Equal("inner-local", result.Episode!.Answerer!.Children[0].Name);
    }

    [Fact]
    public async Task The_middleware_around_the_chat_client_is_not_in_the_classifiers_way()
    {
        await using var services = BuildServices(s =>
        {
            s.AddChatClient(Client("negative"));
            s.AddLlmCascade(cascade => cascade
                .Classify("positive", "negative")
                .AddTier("local", tier => tier.UseChatClient(Client("positive")).KeepWhenValid()))
                .UseFunctionInvocation();
        });

        Assert.Equal("positive", (await services.GetRequiredService<CascadeClassifier>().ClassifyAsync("x")).Label);
    }

    [Fact]
    public void Labels_that_cannot_be_told_apart_are_refused_at_once() =>
        Assert.Throws<ArgumentException>("labels", () => new ServiceCollection().AddLlmCascade(cascade => cascade.Classify("yes", "Yes!")));

    private static ServiceProvider Build(string reply) => BuildServices(s =>
    {
        s.AddChatClient(Client("negative"));
        s.AddLlmCascade(cascade => cascade
            .Classify("positive", "negative")
            .AddTier("local", tier => tier.UseChatClient(Client(reply)).KeepWhenValid()));
    });
}
