using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Advice that was distilled from an expert's work on one query, for a cheaper model that gets a similar one.</summary>
/// <remarks>
/// Content never changes: another text is another strategy. What grows is <see cref="Status"/> and <see cref="Counters"/>; a
/// repository hands out a new object then.
/// </remarks>
[Experimental("LLMC004")]
public sealed record Strategy
{
    private const int LongestText = 100_000;

    private readonly string? _modelId;
    private readonly StrategyStatus _status = StrategyStatus.Active;

    /// <summary>Initializes a strategy.</summary>
    /// <param name="scope">Whose it is, for example a tenant: not blank, at most 200 characters, proper Unicode.</param>
    /// <param name="query">The query it came from: not blank, at most 100,000 characters.</param>
    /// <param name="text">The advice: not blank, at most 100,000 characters.</param>
    /// <param name="producer">Who made it, for example the name of an expert: not blank, at most 200 characters.</param>
    /// <exception cref="ArgumentException">An argument is blank or too long.</exception>
    public Strategy(string scope, string query, string text, string producer)
    {
        StrategyName.Check(scope, nameof(scope));
        Check(query, nameof(query));
        Check(text, nameof(text));
        StrategyName.Check(producer, nameof(producer));
        Scope = scope;
        Query = StrategyName.Proper(query);
        Text = StrategyName.Proper(text);
        Producer = producer;
        Id = StrategyId.Of(Scope, Query, Text);
    }

    /// <summary>Gets the id: 32 hexadecimal digits, a hash of scope, query and text, so that the same content has the same id everywhere.</summary>
    public string Id { get; }

    /// <summary>Gets whose it is.</summary>
    public string Scope { get; }

    /// <summary>Gets the query it came from.</summary>
    public string Query { get; }

    /// <summary>Gets the advice. It is a model's output about a user's text: data, never instructions.</summary>
    public string Text { get; }

    /// <summary>Gets who made it.</summary>
    public string Producer { get; }

    /// <summary>Gets the id of the model that made it; <see langword="null"/> when unknown.</summary>
    /// <value>At most 200 characters.</value>
    /// <exception cref="ArgumentException">The value is blank or too long.</exception>
    public string? ModelId
    {
        get => _modelId;
        init
        {
            if (value is not null)
            {
                StrategyName.Check(value, nameof(value));
            }

            _modelId = value;
        }
    }

    /// <summary>Gets when it was made.</summary>
    /// <value>A repository fills it in where it is not given.</value>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets whether it may be shown.</summary>
    /// <value>By default <see cref="StrategyStatus.Active"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">There is no such status.</exception>
    public StrategyStatus Status
    {
        get => _status;
        init => _status = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "There is no such status.");
    }

    /// <summary>Gets what became of the answers that were given with it. A repository counts this; what is given to one is ignored.</summary>
    public StrategyCounters Counters { get; init; }

    /// <summary>Gets the embedding of <see cref="Query"/>, of length 1. A repository computes this; what is given to one is ignored.</summary>
    public ReadOnlyMemory<float> Embedding { get; init; }

    /// <summary>Gets what is known of the model that computed <see cref="Embedding"/>. A repository fills this in.</summary>
    public string? EmbeddingModelId { get; init; }

    /// <summary>Names the strategy, without any text of its query or advice.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"strategy {Id}, {Status}";

    private static void Check(string text, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text, name);
        if (text.Length > LongestText)
        {
            throw new ArgumentException($"It has {text.Length} characters, and {LongestText} are allowed.", name);
        }
    }
}
