using System.Diagnostics.CodeAnalysis;
using LlmCascade.Strategies;

namespace LlmCascade;

/// <content>What is said about strategies.</content>
public sealed partial class CascadeBuilder
{
    internal IStrategyRepository? StrategyRepository { get; private set; }

    internal StrategyScopes StrategyScopes { get; private set; } = new(isSingleTenant: false);

    /// <summary>Says where strategies are kept; by default in the <see cref="IStrategyRepository"/> that the container holds.</summary>
    /// <param name="repository">The repository. It stays the host's to dispose.</param>
    /// <returns>This builder.</returns>
    [Experimental("LLMC004")]
    public CascadeBuilder UseStrategies(IStrategyRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        StrategyRepository = repository;
        return this;
    }

    /// <summary>States that all requests belong to one tenant, so that those without a scope may share what is stored.</summary>
    /// <returns>This builder.</returns>
    [Experimental("LLMC004")]
    public CascadeBuilder SingleTenant()
    {
        StrategyScopes = new StrategyScopes(isSingleTenant: true);
        return this;
    }
}
