using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Something that happened to a strategy, to be counted.</summary>
[Experimental("LLMC004")]
public sealed record StrategyOutcome
{
    // One check that stands for more than a million would drown all others.
    private const double LeastPropensity = 1e-6;

    /// <summary>Initializes an outcome.</summary>
    /// <param name="scope">The scope of the strategy.</param>
    /// <param name="strategyId">The id of the strategy.</param>
    /// <param name="kind">What happened.</param>
    /// <param name="propensity">The probability, from 0.000001 to 1, with which the answer was checked. A win or a loss counts by its inverse.</param>
    /// <exception cref="ArgumentException"><paramref name="scope"/> or <paramref name="strategyId"/> is blank.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kind"/> or <paramref name="propensity"/> is outside its range.</exception>
    public StrategyOutcome(string scope, string strategyId, StrategyOutcomeKind kind, double propensity = 1)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scope);
        ArgumentException.ThrowIfNullOrWhiteSpace(strategyId);
        if (!Enum.IsDefined(kind))
        {
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such outcome.");
        }

        if (propensity is not (>= LeastPropensity and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(propensity), propensity, $"A propensity is a probability from {LeastPropensity} to 1.");
        }

        Scope = scope;
        StrategyId = strategyId;
        Kind = kind;
        Propensity = propensity;
    }

    /// <summary>Gets the scope of the strategy.</summary>
    public string Scope { get; }

    /// <summary>Gets the id of the strategy.</summary>
    public string StrategyId { get; }

    /// <summary>Gets what happened.</summary>
    public StrategyOutcomeKind Kind { get; }

    /// <summary>Gets the probability with which the answer was checked.</summary>
    public double Propensity { get; }
}
