using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmCascade;

/// <summary>Registers cascades.</summary>
public static class CascadeServiceCollectionExtensions
{
    private const string ExpertKey = "LlmCascade.Expert";

    private static readonly HashSet<string> _sections =
        new([nameof(CascadeOptions.Tiers), nameof(CascadeOptions.Expert)], StringComparer.OrdinalIgnoreCase);

    /// <summary>Wraps the registered chat client in the cascade that the configuration section <c>LlmCascade</c> describes.</summary>
    /// <inheritdoc cref="AddLlmCascade(IServiceCollection, Action{CascadeBuilder})"/>
    public static ChatClientBuilder AddLlmCascade(this IServiceCollection services) =>
        services.AddLlmCascade(static _ => { });

    /// <summary>Wraps the registered chat client in a cascade: it becomes the expert, and the container hands out the cascade.</summary>
    /// <param name="services">The services, with the expert's singleton chat client already among them.</param>
    /// <param name="configure">Says what the cascade is made of; the configuration section <c>LlmCascade</c> adds to it.</param>
    /// <returns>The builder of the client that is handed out: what is written after it lies outside the cascade.</returns>
    /// <remarks>
    /// What is said is checked when the host starts, and at the first resolution of the cascade where there is no host; an
    /// <see cref="OptionsValidationException"/> then lists the mistakes. Only a host can see that a chat client that was
    /// registered later hides the cascade. The container goes on owning the wrapped client.
    /// </remarks>
    /// <exception cref="InvalidOperationException">There is an unnamed cascade already, or the wrapped client is no singleton.</exception>
    public static ChatClientBuilder AddLlmCascade(this IServiceCollection services, Action<CascadeBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (IsRegistered(services, name: null))
        {
            throw new InvalidOperationException(
                "AddLlmCascade was called before. There is one unnamed cascade; add tiers to it, or register another one with AddLlmCascade(\"name\", …).");
        }

        var builder = Build(configure);
        if (builder.ExpertBuilder.Setup.IsEmpty && MoveExpert(services))
        {
            builder.ExpertBuilder.UseChatClient(ExpertKey);
        }

        var registration = Register(services, null, CascadeOptions.Section, builder);
        return services.AddChatClient(registration.Create);
    }

    /// <summary>Registers a cascade of its own under a key, and touches nothing else.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The key of the chat client, and the name of the cascade.</param>
    /// <param name="configure">Says what the cascade is made of, the expert included; the configuration section <c>LlmCascade:NAME</c> adds to it.</param>
    /// <inheritdoc cref="AddLlmCascade(IServiceCollection, Action{CascadeBuilder})"/>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or <c>Tiers</c> or <c>Expert</c>.</exception>
    /// <exception cref="InvalidOperationException">There is a cascade or a keyed chat client of that name already.</exception>
    public static ChatClientBuilder AddLlmCascade(
        this IServiceCollection services, string name, Action<CascadeBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        if (_sections.Contains(name))
        {
            throw new ArgumentException(
                $"A cascade cannot be called '{name}': its configuration would be the section {CascadeOptions.Section}:{name} of the unnamed one.",
                nameof(name));
        }

        if (IsRegistered(services, name))
        {
            throw new InvalidOperationException($"AddLlmCascade(\"{name}\", …) was called before. Give each cascade a name of its own.");
        }

        if (services.Any(each => each.ServiceType == typeof(IChatClient) && each.IsKeyedService && name.Equals(each.ServiceKey)))
        {
            throw new InvalidOperationException($"There is a chat client with the key '{name}' already, and the cascade would hide it. Give one of them another key.");
        }

        var registration = Register(services, name, $"{CascadeOptions.Section}:{name}", Build(configure));
        return services.AddKeyedChatClient(name, registration.Create);
    }

    private static CascadeBuilder Build(Action<CascadeBuilder> configure)
    {
        var builder = new CascadeBuilder();
        configure(builder);
        return builder;
    }

    private static bool IsRegistered(IServiceCollection services, string? name) =>
        services.Any(each => each.ServiceType == typeof(CascadeRegistration)
            && each.ImplementationInstance is CascadeRegistration registration
            && registration.Name == name);

    private static CascadeRegistration Register(
        IServiceCollection services, string? name, string section, CascadeBuilder builder)
    {
        var optionsName = name ?? Options.DefaultName;
        if (builder.ConfigureOptions is { } configure)
        {
            services.Configure(optionsName, configure);
        }

        services.AddSingleton<IConfigureOptions<CascadeOptions>>(provider => new ConfigureNamedOptions<CascadeOptions>(
            optionsName, options => provider.GetService<IConfiguration>()?.GetSection(section).Bind(options)));
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<CascadeOptions>, CascadeOptionsValidator>());
        services.AddOptions<CascadeOptions>(optionsName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, CascadeStartup>());
        var registration = new CascadeRegistration(name, builder, services);
        services.AddSingleton(registration);
        registration.AddServices();
        return registration;
    }

    // The container goes on owning the client: what it makes, it disposes, whatever the key.
    private static bool MoveExpert(IServiceCollection services)
    {
        for (var i = services.Count - 1; i >= 0; i--)
        {
            var client = services[i];
            if (client.ServiceType != typeof(IChatClient) || client.IsKeyedService)
            {
                continue;
            }

            if (client.Lifetime != ServiceLifetime.Singleton)
            {
                throw new InvalidOperationException(
                    $"The registered IChatClient is {client.Lifetime}. A cascade is a singleton and needs a singleton expert: services.AddChatClient(expert) registers one.");
            }

            services[i] = client switch
            {
                { ImplementationInstance: { } instance } => new ServiceDescriptor(typeof(IChatClient), ExpertKey, instance),
                { ImplementationFactory: { } create } => new ServiceDescriptor(
                    typeof(IChatClient), ExpertKey, (provider, _) => create(provider), ServiceLifetime.Singleton),
                _ => new ServiceDescriptor(
                    typeof(IChatClient), ExpertKey, client.ImplementationType!, ServiceLifetime.Singleton),
            };
            return true;
        }

        return false;
    }
}
