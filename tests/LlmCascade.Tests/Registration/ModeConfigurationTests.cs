using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class ModeConfigurationTests
{
    private readonly ScriptedChatClient _small = Client("Lyon");
    private readonly ScriptedChatClient _expert = Client("Paris");

    [Fact]
    public async Task The_mode_and_the_number_of_shadows_win_over_the_codes()
    {
        await using var services = Application(
            ("LlmCascade:Mode", "shadow"), ("LlmCascade:ShadowLimit", "3"), ("LlmCascade:fast:Mode", "FreezeLearning"));

        var (unnamed, fast) = (services.Cascade().Cascade, services.Cascade("fast").Cascade);
        Assert.Equal((CascadeMode.Shadow, 3), (unnamed.Mode, unnamed.Settings.ShadowLimit));
        Assert.Equal((CascadeMode.FreezeLearning, 16), (fast.Mode, fast.Settings.ShadowLimit));
    }

    [Fact]
    public async Task Without_configuration_the_codes_word_stands()
    {
        await using var services = Application();

        Assert.Equal(CascadeMode.ExpertOnly, services.Cascade().Cascade.Mode);
        Assert.Equal("expert", await AskAsync(services));
    }

    [Fact]
    public async Task A_host_switches_the_mode_through_the_client_whatever_lies_around_it()
    {
        await using var services = BuildServices(s =>
        {
            s.AddChatClient(_expert);
            s.AddLlmCascade(cascade => cascade.AddTier("small", tier => tier.UseChatClient(_small).KeepWhenValid()))
                .UseFunctionInvocation();
        });
        var client = services.GetRequiredService<IChatClient>();
        Assert.Equal("small", await AskAsync(services));

        client.GetService<Cascade>()!.Mode = CascadeMode.ExpertOnly;

        Assert.Equal("expert", await AskAsync(services));
    }

    [Fact]
    public async Task A_reload_with_another_mode_switches_the_running_cascade_and_no_other()
    {
        await using var services = Application(("LlmCascade:Mode", "Normal"), ("LlmCascade:fast:Mode", "Normal"));
        var (unnamed, fast) = (services.Cascade().Cascade, services.Cascade("fast").Cascade);
        Assert.Equal("small", await AskAsync(services));

        Reload(services, ("LlmCascade:Mode", "ExpertOnly"));

        Assert.Equal("expert", await AskAsync(services));
        Assert.Equal((CascadeMode.ExpertOnly, CascadeMode.Normal), (unnamed.Mode, fast.Mode));

        Reload(services, ("LlmCascade:Mode", "Normal"), ("LlmCascade:fast:Mode", "Shadow"));

        Assert.Equal((CascadeMode.Normal, CascadeMode.Shadow), (unnamed.Mode, fast.Mode));
        Assert.Equal("small", await AskAsync(services));
    }

    [Fact]
    public async Task A_reload_that_leaves_the_mode_alone_leaves_the_one_that_code_has_set()
    {
        await using var services = Application(("LlmCascade:Mode", "Normal"));
        var cascade = services.Cascade().Cascade;
        cascade.Mode = CascadeMode.ExpertOnly;

        Reload(services, ("LlmCascade:RestTime", "00:00:09"), ("Logging", "less"));
        Assert.Equal(CascadeMode.ExpertOnly, cascade.Mode);

        Reload(services, ("LlmCascade:Mode", "Shadow"));
        Assert.Equal(CascadeMode.Shadow, cascade.Mode);
    }

    [Fact]
    public async Task A_mode_that_disappears_from_configuration_gives_the_word_back_to_the_code()
    {
        await using var services = Application(("LlmCascade:Mode", "Normal"));
        var cascade = services.Cascade().Cascade;

        Reload(services, ("LlmCascade:Mode", null));

        Assert.Equal(CascadeMode.ExpertOnly, cascade.Mode);
    }

    [Theory]
    [InlineData("LlmCascade:Mode", "Shadwo")]
    [InlineData("LlmCascade:Timeout", "banana")]
    [InlineData("LlmCascade:ShadowLimit", "-4")]
    public async Task A_reload_with_a_mistake_is_logged_and_leaves_the_cascade_as_it_is(string key, string value)
    {
        using var log = new FakeLoggerProvider();
        await using var services = BuildServices(
            s =>
            {
                s.AddLogging(logging => logging.AddProvider(log));
                s.AddChatClient(_expert);
                s.AddLlmCascade(cascade => cascade.AddTier("small", tier => tier.UseChatClient(Client()).KeepWhenValid()));
            },
            ("LlmCascade:Mode", "Normal"));
        var cascade = services.Cascade().Cascade;

        Reload(services, (key, value));

        Assert.Equal(CascadeMode.Normal, cascade.Mode);
        var mistake = Assert.Single(log.Collector.GetSnapshot(), record => record.Id.Id == 12);
        Assert.Contains(key.Split(':')[1], mistake.Exception!.ToString(), StringComparison.Ordinal);

        Reload(services, (key, null), ("LlmCascade:Mode", "Shadow"));
        Assert.Equal(CascadeMode.Shadow, cascade.Mode);
    }

    [Fact]
    public async Task A_reload_while_the_cascade_is_being_made_is_not_missed()
    {
        await using var services = BuildServices(
            s =>
            {
                s.AddChatClient(_expert);
                s.AddLlmCascade(cascade => cascade.AddTier("small", tier => tier
                    .UseChatClient(provider =>
                    {
                        Reload(provider, ("LlmCascade:Mode", "Shadow"));
                        return Client();
                    })
                    .KeepWhenValid()));
            },
            ("LlmCascade:Mode", "Normal"));

        Assert.Equal(CascadeMode.Shadow, services.Cascade().Cascade.Mode);
    }

    [Fact]
    public async Task A_client_that_was_disposed_follows_configuration_no_more()
    {
        await using var services = Application(("LlmCascade:Mode", "Normal"));
        var client = services.Cascade();

        client.Dispose();
        Reload(services, ("LlmCascade:Mode", "Shadow"));

        Assert.Equal(CascadeMode.Normal, client.Cascade.Mode);
    }

    [Theory]
    [InlineData(Start.OfTheHost, "Mode", "7", "Mode: There is no such mode")]
    [InlineData(Start.AtFirstUse, "Mode", "7", "Mode: There is no such mode")]
    [InlineData(Start.OfTheHost, "ShadowLimit", "0", "ShadowLimit")]
    [InlineData(Start.AtFirstUse, "ShadowLimit", "0", "ShadowLimit")]
    public async Task A_value_that_means_nothing_is_refused(Start start, string key, string value, string expected)
    {
        var message = await start.FailsAsync(Register, ($"LlmCascade:{key}", value));

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addenda_are_told_to_the_hosts_observers()
    {
        var addenda = new Tests.Escalation.AddendumRecorder();
        await using var services = BuildServices(
            s =>
            {
                s.AddChatClient(_expert);
                s.AddLlmCascade(cascade => cascade
                    .AddTier("small", tier => tier.UseChatClient(_small).KeepWhenValid())
                    .OnAddendum(addenda.Add)
                    .OnAddendum(addenda.Add));
            },
            ("LlmCascade:Mode", "Shadow"));

        Assert.Equal("expert", await AskAsync(services));

        Assert.Same(await addenda.NextAsync(), await addenda.NextAsync());
    }

    private ServiceProvider Application(params IReadOnlyList<(string Key, string? Value)> settings) =>
        BuildServices(Register, settings);

    private void Register(IServiceCollection services)
    {
        services.AddChatClient(_expert);
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(_small).KeepWhenValid())
            .Configure(options => options.Mode = CascadeMode.ExpertOnly));
        services.AddLlmCascade("fast", cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(_small).KeepWhenValid())
            .Expert(expert => expert.UseChatClient(_expert)));
    }

    private static void Reload(IServiceProvider services, params IReadOnlyList<(string Key, string? Value)> changes)
    {
        var configuration = (IConfigurationRoot)services.GetRequiredService<IConfiguration>();
        foreach (var (key, value) in changes)
        {
            configuration[key] = value;
        }

        configuration.Reload();
    }

    private static async Task<string> AskAsync(ServiceProvider services) =>
        (await services.GetRequiredService<IChatClient>().GetResponseAsync("?")).GetCascadeTrace()!.AnsweredBy;
}
