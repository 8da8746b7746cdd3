using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Asks for the strategies of one scope that came from the queries most similar to a text.</summary>
[Experimental("LLMC004")]
public sealed record StrategyQuery
{
    private const int LargestCount = 1000;

    private readonly int _count = 2;
    private readonly double _minimumSimilarity;

    /// <summary>Initializes a query.</summary>
    /// <param name="scope">The scope. Nothing of another one is ever found.</param>
    /// <param name="text">The question that strategies are wanted for.</param>
    /// <exception cref="ArgumentException"><paramref name="scope"/> is blank.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is <see langword="null"/>.</exception>
    public StrategyQuery(string scope, string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scope);
        ArgumentNullException.ThrowIfNull(text);
        Scope = scope;
        Text = text;
    }

    /// <summary>Gets the scope.</summary>
    public string Scope { get; }

    /// <summary>Gets the question that strategies are wanted for.</summary>
    public string Text { get; }

    /// <summary>Gets how many strategies to find at most.</summary>
    /// <value>From 1 to 1,000; 2 by default.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public int Count
    {
        get => _count;
        init => _count = value is >= 1 and <= LargestCount
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"1 to {LargestCount} strategies can be asked for.");
    }

    /// <summary>Gets the cosine that the embedding of a strategy's query and that of <see cref="Text"/> have at least.</summary>
    /// <value>From -1 to 1, but for a millionth of rounding; 0 by default. What a similarity means depends on the embedder.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside that range.</exception>
    public double MinimumSimilarity
    {
        get => _minimumSimilarity;
        init => _minimumSimilarity = value is >= -1 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A cosine lies between -1 and 1.");
    }

    /// <summary>Gets whether strategies in quarantine are found too.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool IncludesQuarantined { get; init; }
}
