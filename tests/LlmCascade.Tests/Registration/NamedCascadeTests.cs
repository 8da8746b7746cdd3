using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class NamedCascadeTests
{
    private readonly ScriptedChatClient _small = Client("Lyon");
    private readonly ScriptedChatClient _large = Client();

    [Fact]
    public async Task It_is_keyed_by_its_name_and_touches_nothing_else()
    {
        var registered = Client("unkeyed");
        await using var services = BuildServices(s =>
        {
            s.AddChatClient(registered);
            s.AddLlmCascade("fast", Complete);
        });

        Assert.Equal("Lyon", (await services.GetRequiredKeyedService<IChatClient>("fast").GetResponseAsync("?")).Text);
        Assert.Same(registered, Assert.Single(services.GetServices<IChatClient>()));
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task It_does_not_take_the_registered_client_as_its_expert(Start start)
    {
        var mistake = await start.ThrowsAsync<OptionsValidationException>(
            s =>
            {
                s.AddChatClient(_large);
                s.AddLlmCascade("fast", AddLocal);
            },
            "fast");

        Assert.Equal("fast", mistake.OptionsName);
        Assert.Contains("a named cascade always names its own", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_of_one_name_are_refused()
    {
        var services = new ServiceCollection();
        services.AddLlmCascade("fast", Complete);

        var refusal = Assert.Throws<InvalidOperationException>(() => services.AddLlmCascade("fast", Complete));

        Assert.Contains("AddLlmCascade(\"fast\", …)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_a_chat_clients_key_already_is_refused()
    {
        var services = new ServiceCollection();
        services.AddKeyedChatClient("fast", new ScriptedChatClient("x"));

        var refusal = Assert.Throws<InvalidOperationException>(() => services.AddLlmCascade("fast", Complete));

        Assert.Contains("the key 'fast' already", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Named_ones_stand_beside_each_other_and_beside_the_unnamed_one()
    {
        await using var services = BuildServices(s =>
        {
            s.AddChatClient(Client("unnamed"));
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhen(_ => false)));
            s.AddLlmCascade("fast", Complete);
            s.AddLlmCascade("slow", cascade => cascade
                .AddTier("local", tier => tier.UseChatClient(_small).KeepWhen(_ => false))
                .Expert(expert => expert.UseChatClient(_large)));
        });

        Assert.Equal("unnamed", (await services.GetRequiredService<IChatClient>().GetResponseAsync("?")).Text);
        Assert.Equal("Lyon", (await services.GetRequiredKeyedService<IChatClient>("fast").GetResponseAsync("?")).Text);
        Assert.Equal("Paris", (await services.GetRequiredKeyedService<IChatClient>("slow").GetResponseAsync("?")).Text);
    }

    [Fact]
    public async Task One_can_be_a_tier_of_another()
    {
        await using var services = BuildServices(s =>
        {
            s.AddLlmCascade("inner", cascade => cascade
                .AddTier("local", tier => tier.UseChatClient(_small).KeepWhen(_ => false))
                .Expert(expert => expert.UseChatClient(Client("Marseille"))));
            s.AddLlmCascade("outer", cascade => cascade
                .AddTier("middle", tier => tier.UseChatClient("inner").KeepWhenValid())
                .Expert(expert => expert.UseChatClient(_large)));
        });

        Assert.Equal("Marseille", (await services.GetRequiredKeyedService<IChatClient>("outer").GetResponseAsync("?")).Text);
    }

    [Fact]
    public async Task Its_pipeline_lies_outside_too()
    {
        await using var services = BuildServices(s => s.AddLlmCascade("fast", Complete).UseFunctionInvocation());

        var client = services.GetRequiredKeyedService<IChatClient>("fast");

        Assert.IsType<FunctionInvokingChatClient>(client);
        Assert.NotNull(client.GetService(typeof(CascadeChatClient)));
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task One_that_names_itself_as_its_expert_is_told_so(Start start)
    {
        var mistake = await start.ThrowsAsync<OptionsValidationException>(
            s => s.AddLlmCascade("fast", cascade => AddLocal(cascade.Expert(expert => expert.UseChatClient("fast")))),
            "fast");

        Assert.Contains("in a circle: fast → fast", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_that_use_each_other_are_told_so()
    {
        var mistake = await Start.AtFirstUse.ThrowsAsync<OptionsValidationException>(AddCircle, "fast");

        Assert.Contains("in a circle: fast → slow → fast", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_is_told_the_mistakes_of_all()
    {
        var mistakes = await Start.OfTheHost.ThrowsAsync<AggregateException>(AddCircle, "fast");

        Assert.Equal(2, mistakes.InnerExceptions.Count);
    }

    [Theory]
    [InlineData("Tiers")]
    [InlineData("expert")]
    public void One_named_like_a_part_of_the_unnamed_ones_section_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddLlmCascade(name, Complete));

    [Fact]
    public async Task One_that_another_uses_as_its_chat_client_is_nested_in_it()
    {
        await using var services = BuildServices(s =>
        {
            s.AddLlmCascade("cheap", Complete);
            s.AddChatClient(new ScriptedChatClient("from the outer expert"));
            s.AddLlmCascade(cascade => cascade.AddTier("nested", tier => tier.UseChatClient("cheap").DeferWhen(_ => true).KeepWhenValid()));
        });
        var client = services.GetRequiredService<IChatClient>();

        var kept = await client.GetResponseAsync("?");
        var forced = await client.GetResponseAsync("?", new ChatOptions().WithCascade(request => request.ForceExpert()));

        Assert.Equal("local", Assert.Single(kept.GetCascadeTrace()!.Attempts[0].Children!).Name);
        Assert.Equal("from the outer expert", forced.Text);
    }

    private void AddCircle(IServiceCollection services)
    {
        services.AddLlmCascade("fast", cascade => AddLocal(cascade.Expert(expert => expert.UseChatClient("slow"))));
        services.AddLlmCascade("slow", cascade => AddLocal(cascade.Expert(expert => expert.UseChatClient("fast"))));
    }

    private void AddLocal(CascadeBuilder cascade) =>
        cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid());

    private void Complete(CascadeBuilder cascade) =>
        AddLocal(cascade.Expert(expert => expert.UseChatClient(_large)));
}
