using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class ClientCheckTests
{
    private const string RightOrder = "services.AddLlmCascade(…).UseFunctionInvocation();";

    private readonly ScriptedChatClient _small = Client("Lyon");

    [Theory, ClassData(typeof(EitherStart))]
    public async Task An_unknown_key_is_refused_and_named(Start start)
    {
        var message = await start.FailsAsync(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient("nowhere").KeepWhenValid()));
        });

        Assert.Contains("'local' uses the chat client with the key 'nowhere', and none is registered", message, StringComparison.Ordinal);
        Assert.Contains("services.AddKeyedChatClient(\"nowhere\", …)", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task An_unknown_key_of_the_expert_is_refused(Start start)
    {
        var mistake = await start.ThrowsAsync<OptionsValidationException>(
            s => s.AddLlmCascade("fast", cascade => cascade
                .AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid())
                .Expert(expert => expert.UseChatClient("nowhere"))),
            "fast");

        Assert.Contains("'expert' uses the chat client with the key 'nowhere'", mistake.Message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_keyed_client_that_is_scoped_is_refused(Start start)
    {
        var message = await start.FailsAsync(s =>
        {
            s.AddKeyedChatClient("small", _ => _small, ServiceLifetime.Scoped);
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient("small").KeepWhenValid()));
        });

        Assert.Contains("the key 'small', which is registered as Scoped", message, StringComparison.Ordinal);
        Assert.Contains("needs singleton clients", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_keyed_client_may_be_registered_after_the_cascade()
    {
        await using var services = BuildServices(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient("small").KeepWhenValid()));
            s.AddKeyedChatClient("small", _small);
        });

        Assert.Same(_small, services.Cascade().GetService(typeof(ScriptedChatClient), "local"));
    }

    [Fact]
    public async Task A_client_that_is_registered_for_every_key_answers_for_each()
    {
        await using var services = BuildServices(s =>
        {
            s.AddKeyedSingleton<IChatClient>(KeyedService.AnyKey, (_, _) => _small);
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient("small").KeepWhenValid()));
        });

        Assert.Same(_small, services.Cascade().GetService(typeof(ScriptedChatClient), "local"));
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_tier_that_invokes_functions_is_refused_with_the_right_order(Start start)
    {
        var message = await start.FailsAsync(s =>
        {
            s.AddKeyedChatClient("small", _small).UseFunctionInvocation();
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient("small").KeepWhenValid()));
        });

        Assert.Contains("The chat client of 'local' invokes functions itself", message, StringComparison.Ordinal);
        Assert.Contains(RightOrder, message, StringComparison.Ordinal);
        Assert.Contains(".ToolsAreIdempotent()", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task An_expert_that_invokes_functions_is_refused_with_the_right_order(Start start)
    {
        var message = await start.FailsAsync(s =>
        {
            s.AddChatClient(Client()).UseFunctionInvocation();
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid()));
        });

        Assert.Contains("The chat client of 'expert' invokes functions itself", message, StringComparison.Ordinal);
        Assert.Contains(RightOrder, message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task Functions_invoked_in_a_nested_cascade_are_found(Start start)
    {
        using var invoking = _small.AsBuilder().UseFunctionInvocation().Build();
        var nested = new Cascade([], new Expert(new ChatClientGenerator(invoking)));

        var message = await start.FailsAsync(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("nested", tier => tier.UseGenerator(nested).KeepWhenValid()));
        });

        Assert.Contains("The chat client of 'nested' invokes functions itself", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task Each_client_that_invokes_functions_is_told_of(Start start)
    {
        var mistake = await start.ThrowsAsync<OptionsValidationException>(s =>
        {
            s.AddChatClient(Client()).UseFunctionInvocation();
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier
                .UseChatClient(_ => _small.AsBuilder().UseFunctionInvocation().Build()).KeepWhenValid()));
        });

        Assert.Equal(2, mistake.Failures.Count());
    }

    [Fact]
    public async Task Idempotent_tools_may_be_invoked_inside()
    {
        using var host = BuildHost(s =>
        {
            s.AddKeyedChatClient("small", _small).UseFunctionInvocation();
            s.AddChatClient(Client()).UseFunctionInvocation();
            s.AddLlmCascade(cascade => cascade
                .ToolsAreIdempotent()
                .AddTier("local", tier => tier.UseChatClient("small").KeepWhenValid()));
        });

        await host.StartAsync();
        await host.StopAsync();

        Assert.NotNull(host.Services.Cascade().GetService(typeof(FunctionInvokingChatClient), "local"));
    }

    [Fact]
    public async Task A_client_registered_after_the_cascade_is_refused_with_the_right_order()
    {
        using var host = BuildHost(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid()));
            s.AddChatClient(Client());
        });

        var message = (await Assert.ThrowsAnyAsync<OptionsValidationException>(() => host.StartAsync())).Message;

        Assert.Contains("another one was registered after it", message, StringComparison.Ordinal);
        var first = message.IndexOf("services.AddChatClient(…);", StringComparison.Ordinal);
        Assert.InRange(first, 0, message.IndexOf("services.AddLlmCascade(…)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_keyed_client_registered_after_the_cascade_of_that_name_is_refused()
    {
        using var host = BuildHost(s =>
        {
            s.AddLlmCascade("fast", cascade => cascade
                .AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid())
                .Expert(expert => expert.UseChatClient(Client())));
            s.AddKeyedChatClient("fast", Client());
        });

        var mistake = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal("fast", mistake.OptionsName);
        Assert.Contains("another one was registered after it", mistake.Message, StringComparison.Ordinal);
        Assert.Contains("for the key 'fast' does not contain the cascade", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_registered_after_the_cascade_that_wraps_it_is_no_mistake()
    {
        using var host = BuildHost(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade("fast", cascade => cascade
                .AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid())
                .Expert(expert => expert.UseChatClient(Client())));
            s.AddChatClient(services => services.GetRequiredKeyedService<IChatClient>("fast")).UseFunctionInvocation();
        });

        await host.StartAsync();
        await host.StopAsync();
    }
}
