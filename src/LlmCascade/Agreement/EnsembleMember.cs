using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Agreement;

/// <summary>One of the generators that answer together.</summary>
/// <remarks>Immutable; it may belong to several ensembles.</remarks>
[Experimental("LLMC005")]
public sealed class EnsembleMember
{
    private static readonly TimeSpan _longest = TimeSpan.FromDays(24);

    /// <summary>Initializes a member.</summary>
    /// <param name="name">A name that is unique within the ensemble.</param>
    /// <param name="generator">Who answers.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public EnsembleMember(string name, IGenerator generator)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(generator);
        Name = name;
        Generator = generator;
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets who answers.</summary>
    public IGenerator Generator { get; }

    /// <summary>Gets what a call costs; <see langword="null"/> when that is unknown.</summary>
    public Prices? Prices { get; init; }

    /// <summary>Gets how long the member may take before it drops out; <see langword="null"/> for no limit of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above zero, or above 24 days.</exception>
    public TimeSpan? Timeout
    {
        get;
        init => field = value is null || (value > TimeSpan.Zero && value <= _longest)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A time limit is above zero and at most 24 days.");
    }

    /// <summary>Gets what tells the member from one of the same name with another model.</summary>
    internal string Identity => $"{Name} ({(Generator as IKnownSource)?.Model ?? "unknown"})";
}
