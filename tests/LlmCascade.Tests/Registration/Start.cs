using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace LlmCascade.Tests.Registration;

/// <summary>The two moments at which an application learns of its mistakes.</summary>
public enum Start
{
    OfTheHost,
    AtFirstUse,
}

/// <summary>Both moments, for tests of what fails at either.</summary>
internal sealed class EitherStart : TheoryData<Start>
{
    public EitherStart()
    {
        Add(Start.OfTheHost);
        Add(Start.AtFirstUse);
    }
}

/// <summary>Starts small applications.</summary>
internal static class Starting
{
    public static ScriptedChatClient Client(ScriptedReply? reply = null) => new(reply ?? "Paris");

    /// <summary>Starts an application that has a mistake, and gets what it is told.</summary>
    public static async Task<string> FailsAsync(
        this Start start, Action<IServiceCollection> register, params IReadOnlyList<(string Key, string? Value)> settings) =>
        (await start.ThrowsAsync<OptionsValidationException>(register, name: null, settings)).Message;

    public static async Task<TException> ThrowsAsync<TException>(
        this Start start,
        Action<IServiceCollection> register,
        string? name = null,
        params IReadOnlyList<(string Key, string? Value)> settings)
        where TException : Exception
    {
        if (start == Start.OfTheHost)
        {
            using var host = BuildHost(register, settings);
            return await Assert.ThrowsAnyAsync<TException>(() => host.StartAsync());
        }

        await using var services = BuildServices(register, settings);
        return Assert.ThrowsAny<TException>(() => services.GetRequiredKeyedService<IChatClient>(name));
    }

    public static IHost BuildHost(
        Action<IServiceCollection> register, params IReadOnlyList<(string Key, string? Value)> settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Key, each.Value)));
        register(builder.Services);
        return builder.Build();
    }

    public static ServiceProvider BuildServices(
        Action<IServiceCollection> register, params IReadOnlyList<(string Key, string? Value)> settings)
    {
        var services = new ServiceCollection();
        if (settings.Count > 0)
        {
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
                .AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Key, each.Value)))
                .Build());
        }

        register(services);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public static CascadeChatClient Cascade(this IServiceProvider services, string? name = null) =>
        Assert.IsType<CascadeChatClient>(
            services.GetRequiredKeyedService<IChatClient>(name).GetService(typeof(CascadeChatClient)));
}
