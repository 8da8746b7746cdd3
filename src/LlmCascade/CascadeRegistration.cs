using LlmCascade.Learning;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmCascade;

/// <summary>One cascade that a container was told about, and what it hands out for it.</summary>
internal sealed class CascadeRegistration(string? name, CascadeBuilder builder, IServiceCollection registrations)
{
    // Resolution stays on one thread.
    [ThreadStatic]
    private static List<(CascadeRegistration Registration, IServiceProvider Services)>? _path;

    /// <summary>Gets the key of the cascade's chat client; <see langword="null"/> for the unkeyed one.</summary>
    public string? Name => name;

    private string DisplayName => name ?? "LlmCascade";

    public CascadeChatClient Create(IServiceProvider services)
    {
        // Cascades may use each other as chat clients, but not in a circle: the container would resolve for ever.
        var path = _path ??= [];
        if (path.Contains((this, services)))
        {
            throw new CascadeMistakesException(
                DisplayName, $"Cascades use each other as chat clients in a circle: {string.Join(" → ", path.Select(each => each.Registration.DisplayName).Append(DisplayName))}.");
        }

        path.Add((this, services));
        try
        {
            return Create(services, services.GetRequiredService<IOptionsMonitor<CascadeOptions>>(), name ?? Options.DefaultName);
        }
        finally
        {
            path.Remove((this, services));
        }
    }

    private CascadeChatClient Create(IServiceProvider services, IOptionsMonitor<CascadeOptions> options, string optionsName)
    {
        var mode = new ConfiguredMode(services, optionsName);
        var client = CascadeFactory.Create(DisplayName, builder, options.Get(optionsName), services, registrations, mode);
        try
        {
            mode.Follow(client.Cascade);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Registers what else the container hands out for the cascade, under its name or without a key.</summary>
    public void AddServices()
    {
        if (builder.LabelPrompt is { } prompt)
        {
            registrations.AddKeyedSingleton(name, (services, _) => new CascadeClassifier(Resolve(services).Cascade, prompt));
        }

        if (builder.Learns)
        {
            registrations.AddKeyedSingleton(name, (services, _) => Resolve(services).Learning!);
            registrations.AddKeyedSingleton<ICascadeFeedback>(name, (services, key) => services.GetRequiredKeyedService<CascadeLearning>(key));
        }
    }

    /// <summary>Resolves what the application will resolve, and finds this cascade in it.</summary>
    /// <returns>The cascade's client, inside of what lies around it.</returns>
    /// <exception cref="OptionsValidationException">It is not, or something is wrong with the cascade.</exception>
    public CascadeChatClient Resolve(IServiceProvider services)
    {
        var handedOut = name is null
            ? services.GetRequiredService<IChatClient>()
            : services.GetRequiredKeyedService<IChatClient>(name);
        return handedOut.GetService(typeof(CascadeChatClient)) as CascadeChatClient
            ?? throw new CascadeMistakesException(DisplayName, name is null
                ? """
                The chat client that the container hands out does not contain the cascade, because another one was registered after it. Register the expert first and wrap it:
                    services.AddChatClient(…);
                    services.AddLlmCascade(…)
                        .UseFunctionInvocation();
                """
                : $"The chat client that the container hands out for the key '{name}' does not contain the cascade, because another one was registered after it. Give one of them another key.");
    }
}
