using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class UnnamedCascadeTests
{
    private readonly ScriptedChatClient _small = Client("Lyon");

    [Fact]
    public async Task The_container_hands_out_the_cascade_and_the_registered_client_is_its_expert()
    {
        var expert = Client();
        await using var services = BuildServices(s =>
        {
            s.AddChatClient(expert);
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).DeferWhen(_ => true).KeepWhenValid()));
        });

        var response = await services.GetRequiredService<IChatClient>().GetResponseAsync("Capital of France?");

        Assert.Equal("Paris", response.Text);
        Assert.Equal("expert", response.GetCascadeTrace()?.AnsweredBy);
        Assert.Single(_small.Calls);
        Assert.Single(expert.Calls);
    }

    [Fact]
    public async Task A_tier_whose_answer_is_kept_answers_for_the_expert()
    {
        var expert = Client();
        await using var services = BuildServices(s =>
        {
            s.AddChatClient(expert);
            s.AddLlmCascade(AddLocal);
        });

        var response = await services.GetRequiredService<IChatClient>().GetResponseAsync("Capital of France?");

        Assert.Equal("Lyon", response.Text);
        Assert.Empty(expert.Calls);
    }

    [Fact]
    public void A_client_registered_by_type_becomes_the_expert()
    {
        using var services = BuildServices(s =>
        {
            s.AddSingleton<IChatClient, CountingClient>();
            s.AddLlmCascade(AddLocal);
        });

        Assert.NotNull(services.Cascade().GetService(typeof(CountingClient), "expert"));
    }

    [Fact]
    public void A_client_registered_by_factory_becomes_the_expert()
    {
        using var services = BuildServices(s =>
        {
            s.AddSingleton<IChatClient>(_ => new CountingClient());
            s.AddLlmCascade(AddLocal);
        });

        Assert.NotNull(services.Cascade().GetService(typeof(CountingClient), "expert"));
    }

    [Fact]
    public void The_last_of_several_clients_becomes_the_expert_and_a_keyed_one_is_left_alone()
    {
        var (first, last, keyed) = (Client(), Client(), Client());
        using var services = BuildServices(s =>
        {
            s.AddChatClient(first);
            s.AddChatClient(last);
            s.AddKeyedChatClient("other", keyed);
            s.AddLlmCascade(AddLocal);
        });

        Assert.Same(last, services.Cascade().GetService(typeof(ScriptedChatClient), "expert"));
        Assert.Same(keyed, services.GetRequiredKeyedService<IChatClient>("other"));
    }

    [Fact]
    public void The_pipeline_of_the_registered_client_stays_inside_the_expert()
    {
        using var services = BuildServices(s =>
        {
            s.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
            s.AddChatClient(Client()).UseLogging();
            s.AddLlmCascade(AddLocal);
        });

        Assert.NotNull(services.Cascade().GetService(typeof(LoggingChatClient), "expert"));
        Assert.Null(services.GetRequiredService<IChatClient>().GetService(typeof(LoggingChatClient)));
    }

    [Fact]
    public void What_is_written_after_it_lies_outside()
    {
        using var services = BuildServices(s =>
        {
            s.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
            s.AddChatClient(Client());
            s.AddLlmCascade(AddLocal).UseFunctionInvocation().UseLogging();
        });

        var client = services.GetRequiredService<IChatClient>();

        Assert.IsNotType<CascadeChatClient>(client);
        Assert.NotNull(client.GetService(typeof(FunctionInvokingChatClient)));
        Assert.NotNull(client.GetService(typeof(LoggingChatClient)));
        Assert.NotNull(client.GetService(typeof(CascadeChatClient)));
        Assert.Null(services.Cascade().GetService(typeof(FunctionInvokingChatClient), "expert"));
        Assert.Null(services.Cascade().GetService(typeof(FunctionInvokingChatClient), "local"));
    }

    [Fact]
    public void An_expert_that_is_named_leaves_the_registered_client_where_it_is()
    {
        var (registered, named) = (Client(), Client());
        using var services = BuildServices(s =>
        {
            s.AddChatClient(registered);
            s.AddLlmCascade(cascade => AddLocal(cascade.Expert(expert => expert.UseChatClient(named))));
        });

        Assert.Same(named, services.Cascade().GetService(typeof(ScriptedChatClient), "expert"));
        Assert.Same(registered, services.GetServices<IChatClient>().First());
    }

    [Fact]
    public void A_second_one_is_refused()
    {
        var services = new ServiceCollection();
        services.AddChatClient(Client());
        services.AddLlmCascade(AddLocal);

        var refusal = Assert.Throws<InvalidOperationException>(() => services.AddLlmCascade(AddLocal));

        Assert.Contains("AddLlmCascade(\"name\", …)", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Transient)]
    public void An_expert_that_is_no_singleton_is_refused_at_once(ServiceLifetime lifetime)
    {
        var services = new ServiceCollection();
        services.AddChatClient(_ => Client(), lifetime);

        var refusal = Assert.Throws<InvalidOperationException>(() => services.AddLlmCascade(AddLocal));

        Assert.Contains($"is {lifetime}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("services.AddChatClient(expert)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_arguments_are_refused()
    {
        var services = new ServiceCollection();

        Assert.Throws<ArgumentNullException>(() => services.AddLlmCascade(configure: null!));
        Assert.Throws<ArgumentNullException>(() => services.AddLlmCascade("name", null!));
        Assert.Throws<ArgumentException>(() => services.AddLlmCascade(" ", AddLocal));
        Assert.Throws<ArgumentNullException>(() => CascadeServiceCollectionExtensions.AddLlmCascade(null!));
    }

    [Fact]
    public async Task A_host_in_development_that_validates_build_and_scopes_starts()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IChatClient, CountingClient>();
        builder.Services.AddKeyedChatClient("small", _small);
        builder.Services.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient("small").KeepWhenValid()));
        builder.Services.AddScoped<Consumer>();
        using var host = builder.Build();

        await host.StartAsync();
        using var scope = host.Services.CreateScope();
        var response = await scope.ServiceProvider.GetRequiredService<Consumer>().Client.GetResponseAsync("Capital of France?");
        await host.StopAsync();

        Assert.Equal("Lyon", response.Text);
    }

    [Fact]
    public async Task The_containers_clock_is_the_cascades()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var services = BuildServices(s =>
        {
            s.AddSingleton<TimeProvider>(clock);
            s.AddChatClient(Client());
            s.AddLlmCascade(AddLocal);
        });

        Assert.Same(clock, services.Cascade().Cascade.Settings.TimeProvider);
    }

    private void AddLocal(CascadeBuilder cascade) =>
        cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid());

    private sealed record Consumer(IChatClient Client);
}
