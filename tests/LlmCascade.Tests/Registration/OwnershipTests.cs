using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class OwnershipTests
{
    private readonly CountingClient _client = Counting();

    [Fact]
    public async Task The_container_goes_on_disposing_the_expert_that_its_factory_made()
    {
        var services = BuildServices(s =>
        {
            s.AddSingleton<IChatClient>(_ => _client);
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(Client()).KeepWhenValid()));
        });
        var cascade = services.Cascade();

        cascade.Dispose();
        Assert.Equal(0, _client.Disposals);

        await services.DisposeAsync();
        Assert.Equal(1, _client.Disposals);
    }

    [Fact]
    public async Task The_container_goes_on_disposing_the_expert_that_it_made_by_type()
    {
        var services = BuildServices(s =>
        {
            s.AddSingleton<IChatClient, CountingClient>();
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(Client()).KeepWhenValid()));
        });
        var expert = Assert.IsType<CountingClient>(services.Cascade().GetService(typeof(CountingClient), "expert"));

        await services.DisposeAsync();

        Assert.Equal(1, expert.Disposals);
    }

    [Fact]
    public async Task An_expert_that_was_registered_as_an_instance_stays_the_hosts()
    {
        var services = BuildServices(s =>
        {
            s.AddSingleton<IChatClient>(_client);
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(Client()).KeepWhenValid()));
        });
        Assert.Same(_client, services.Cascade().GetService(typeof(CountingClient), "expert"));

        await services.DisposeAsync();

        Assert.Equal(0, _client.Disposals);
    }

    [Fact]
    public async Task A_client_that_a_tiers_factory_made_is_disposed_once_with_the_cascade()
    {
        var services = BuildServices(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_ => _client).KeepWhenValid()))
                .UseFunctionInvocation();
        });
        services.Cascade();

        await services.DisposeAsync();

        Assert.Equal(1, _client.Disposals);
    }

    [Fact]
    public async Task A_client_that_the_experts_factory_made_is_disposed_once_with_the_cascade()
    {
        var services = BuildServices(s => s.AddLlmCascade("fast", cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(Client()).KeepWhenValid())
            .Expert(expert => expert.UseChatClient(_ => _client))));
        services.Cascade("fast");

        await services.DisposeAsync();

        Assert.Equal(1, _client.Disposals);
    }

    [Fact]
    public async Task Instances_stay_the_hosts()
    {
        var services = BuildServices(s => s.AddLlmCascade("fast", cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(_client).KeepWhenValid())
            .Expert(expert => expert.UseChatClient(_client))));
        services.Cascade("fast");

        await services.DisposeAsync();

        Assert.Equal(0, _client.Disposals);
    }

    [Fact]
    public async Task A_keyed_client_stays_the_containers()
    {
        var services = BuildServices(s =>
        {
            s.AddKeyedSingleton<IChatClient>("small", (_, _) => _client);
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient("small").KeepWhenValid()));
        });

        services.Cascade().Dispose();
        Assert.Equal(0, _client.Disposals);

        await services.DisposeAsync();
        Assert.Equal(1, _client.Disposals);
    }

    [Fact]
    public async Task A_factory_is_asked_once()
    {
        var count = 0;
        await using var services = BuildServices(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier
                .UseChatClient(_ =>
                {
                    count++;
                    return _client;
                })
                .KeepWhenValid()));
        });

        await services.GetRequiredService<IChatClient>().GetResponseAsync("?");
        await services.GetRequiredService<IChatClient>().GetResponseAsync("?");

        Assert.Equal(1, count);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task What_a_factory_made_for_a_cascade_that_is_refused_is_disposed(Start start)
    {
        await start.ThrowsAsync<OptionsValidationException>(s =>
        {
            s.AddChatClient(Client()).UseFunctionInvocation();
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_ => _client).KeepWhenValid()));
        });

        Assert.Equal(1, _client.Disposals);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task What_a_factory_made_is_disposed_when_the_next_one_throws(Start start)
    {
        await start.ThrowsAsync<IOException>(s => s.AddLlmCascade("fast", cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(_ => _client).KeepWhenValid())
            .Expert(expert => expert.UseChatClient(_ => throw new IOException("down")))), "fast");

        Assert.Equal(1, _client.Disposals);
    }

    private static CountingClient Counting() => new();
}
