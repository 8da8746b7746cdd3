using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Says which strategies are meant: those that everything given applies to.</summary>
/// <remarks>Begin with <see cref="InScope"/>, or say <see cref="InAllScopes"/>; narrow it with <c>with</c>.</remarks>
[Experimental("LLMC004")]
public sealed record StrategyFilter
{
    private StrategyFilter(string? scope) => Scope = scope;

    /// <summary>Gets all strategies of all scopes.</summary>
    public static StrategyFilter InAllScopes { get; } = new((string?)null);

    /// <summary>Gets the scope; <see langword="null"/> for all of them.</summary>
    public string? Scope { get; }

    /// <summary>Gets the id of the strategy that is meant; <see langword="null"/>, the default, for every one.</summary>
    public string? Id { get; init; }

    /// <summary>Gets the producer whose strategies are meant; <see langword="null"/>, the default, for those of every one.</summary>
    /// <exception cref="ArgumentException">The value is blank, too long, or no proper Unicode.</exception>
    public string? Producer
    {
        get;
        init
        {
            if (value is not null)
            {
                StrategyName.Check(value, nameof(value));
            }

            field = value;
        }
    }

    /// <summary>Means all strategies of a scope.</summary>
    /// <param name="scope">The scope.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="ArgumentException"><paramref name="scope"/> is blank, too long, or no proper Unicode.</exception>
    public static StrategyFilter InScope(string scope)
    {
        StrategyName.Check(scope, nameof(scope));
        return new StrategyFilter(scope);
    }

    /// <summary>Tells whether a strategy is meant.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <returns><see langword="true"/> where everything given applies to it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="strategy"/> is <see langword="null"/>.</exception>
    public bool Matches(Strategy strategy)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        return (Scope is null || Scope == strategy.Scope)
            && (Id is null || Id == strategy.Id)
            && (Producer is null || Producer == strategy.Producer);
    }
}
