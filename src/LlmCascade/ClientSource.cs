using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmCascade;

/// <summary>Where a chat client comes from, and who disposes it.</summary>
/// <param name="Key">The key under which the container holds the client; <see langword="null"/> when it comes from elsewhere.</param>
/// <param name="Create">Gets or makes the client.</param>
/// <param name="IsOwned">Whether the cascade disposes what <paramref name="Create"/> returns.</param>
internal sealed record ClientSource(string? Key, Func<IServiceProvider, IChatClient> Create, bool IsOwned)
{
    public static ClientSource Of(IChatClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new(null, _ => client, IsOwned: false);
    }

    public static ClientSource Of(string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        return new(key, services => services.GetRequiredKeyedService<IChatClient>(key), IsOwned: false);
    }

    public static ClientSource Of(Func<IServiceProvider, IChatClient> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new(null, factory, IsOwned: true);
    }
}
