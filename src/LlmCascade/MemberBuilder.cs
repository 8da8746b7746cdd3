using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Says who a member of an ensemble is, and how it is asked.</summary>
[Experimental("LLMC005")]
public sealed class MemberBuilder
{
    internal MemberBuilder(string name) => Name = name;

    /// <summary>Gets the name of the member.</summary>
    public string Name { get; }

    internal GeneratorSetup Setup { get; } = new();

    /// <inheritdoc cref="TierBuilder.UseChatClient(IChatClient)"/>
    public MemberBuilder UseChatClient(IChatClient client)
    {
        Setup.Use(ClientSource.Of(client));
        return this;
    }

    /// <inheritdoc cref="TierBuilder.UseChatClient(string)"/>
    public MemberBuilder UseChatClient(string key)
    {
        Setup.Use(ClientSource.Of(key));
        return this;
    }

    /// <inheritdoc cref="TierBuilder.UseChatClient(Func{IServiceProvider, IChatClient})"/>
    public MemberBuilder UseChatClient(Func<IServiceProvider, IChatClient> factory)
    {
        Setup.Use(ClientSource.Of(factory));
        return this;
    }

    /// <inheritdoc cref="TierBuilder.UseGenerator(IGenerator)"/>
    public MemberBuilder UseGenerator(IGenerator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        Setup.Use(_ => generator);
        return this;
    }

    /// <summary>Says what the member's calls cost, in the one currency of the cascade.</summary>
    /// <inheritdoc cref="TierBuilder.Costs"/>
    public MemberBuilder Costs(
        decimal? inputPerMillion = null,
        decimal? outputPerMillion = null,
        decimal? cachedInputPerMillion = null,
        decimal? perCall = null)
    {
        Setup.Prices = new Prices(inputPerMillion, outputPerMillion, cachedInputPerMillion, perCall);
        return this;
    }

    /// <summary>Limits how long the member may take; then it drops out.</summary>
    /// <param name="timeout">The limit, above zero and at most 24 days.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is outside its range.</exception>
    public MemberBuilder WithTimeout(TimeSpan timeout)
    {
        Setup.SetTimeout(timeout);
        return this;
    }

    /// <inheritdoc cref="TierBuilder.WithOptions"/>
    public MemberBuilder WithOptions(Action<ChatOptions> configure)
    {
        Setup.SetOptions(configure);
        return this;
    }

    /// <inheritdoc cref="TierBuilder.UseModel"/>
    public MemberBuilder UseModel(string modelId)
    {
        Setup.SetModel(modelId);
        return this;
    }
}
