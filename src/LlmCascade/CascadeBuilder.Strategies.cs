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

    /// <summary>Makes strategies out of what the expert answers, off the path of all requests, and retires those that lose.</summary>
    /// <param name="configure">Says what becomes a strategy, and what becomes of it; several calls add up.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// Where a tier deferred, or kept what an audit or the host contradicts, the expert is asked once more for a short note. That is a call of its
    /// own, also of its budget, told to <see cref="OnAddendum"/>. What may become a strategy is what may be learned from
    /// (<see cref="AcceptForLearning"/>). Nothing is stored of a request without a scope, unless there is a <see cref="SingleTenant"/>.
    /// </remarks>
    [Experimental("LLMC004")]
    public CascadeBuilder LearnStrategies(Action<StrategyLearningOptions>? configure = null)
    {
        Learning.Strategies ??= new StrategyLearningOptions();
        configure?.Invoke(Learning.Strategies);
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
