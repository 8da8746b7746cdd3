using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace LlmCascade.Strategies;

/// <summary>How an <see cref="InMemoryStrategyRepository"/> keeps strategies.</summary>
[Experimental("LLMC004")]
public sealed class StrategyRepositoryOptions
{
    /// <summary>Gets or sets the file that strategies are kept in.</summary>
    /// <value><see langword="null"/>, the default, keeps them in memory alone. The folder of the file is made.</value>
    public string? Path { get; set; }

    /// <summary>Gets or sets whether the file is only read, while somebody else writes it.</summary>
    /// <value><see langword="false"/> by default. What the writer adds is seen within about a second.</value>
    public bool IsReadOnly { get; set; }

    /// <summary>Gets or sets what embeds queries. Whoever gave it disposes it.</summary>
    /// <value>By default a <see cref="Embeddings.HashedEmbeddingGenerator"/>, which needs no model and knows words, not meaning.</value>
    public IEmbeddingGenerator<string, Embedding<float>>? EmbeddingGenerator { get; set; }

    /// <summary>Gets or sets whether strategies that another model has embedded are embedded again when they are opened or merged.</summary>
    /// <value>
    /// <see langword="false"/>, the default, refuses them, because embedding many costs time and perhaps money. Embeddings of
    /// two models are never compared.
    /// </value>
    public bool ReembedOnMismatch { get; set; }

    /// <summary>Gets or sets whether what is acknowledged is still there after the power has failed.</summary>
    /// <value>
    /// <see langword="false"/> by default: then it is still there when the process is killed, but the operating system may not have
    /// written the last seconds to the disk when the power fails. <see langword="true"/> waits for the disk with every change.
    /// </value>
    public bool FlushToDisk { get; set; }

    /// <summary>Gets or sets how many strategies there are at most, in all scopes together.</summary>
    /// <value>
    /// At least 1; 100,000 by default. When there are more, about one of a hundred is evicted: those that helped least often in a
    /// day, of the scopes that have the most.
    /// </value>
    public int MaxStrategies { get; set; } = 100_000;

    /// <summary>Gets or sets for how long after it was made a strategy is shown.</summary>
    /// <value>More than zero; <see langword="null"/>, the default, for ever.</value>
    public TimeSpan? TimeToLive { get; set; }

    /// <summary>Gets or sets the clock.</summary>
    /// <value>The system's by default.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Makes a copy, and checks it.</summary>
    internal StrategyRepositoryOptions Checked()
    {
        var copy = (StrategyRepositoryOptions)MemberwiseClone();
        if (Path is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(Path);
            copy.Path = System.IO.Path.GetFullPath(Path);
        }
        else if (IsReadOnly)
        {
            throw new ArgumentException($"{nameof(IsReadOnly)} follows the journal at {nameof(Path)}, and there is none.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxStrategies, 1);
        if (TimeToLive <= TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(TimeToLive), TimeToLive, "A time to live is more than zero.");
        }

        ArgumentNullException.ThrowIfNull(TimeProvider);
        return copy;
    }
}
