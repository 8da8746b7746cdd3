using System.Collections.Immutable;

namespace LlmCascade;

/// <summary>A fixed, ordered set of labels that an answer is chosen from.</summary>
/// <remarks>Two spaces are equal when they hold the same labels in the same order. Labels are compared by their characters, case included.</remarks>
public sealed class LabelSpace : IEquatable<LabelSpace>
{
    /// <summary>Initializes a space.</summary>
    /// <param name="labels">At least two labels, none empty, none twice.</param>
    /// <exception cref="ArgumentException">There are fewer than two labels, an empty one, or one twice.</exception>
    public LabelSpace(params IEnumerable<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Labels = [.. labels];
        if (Labels.Length < 2)
        {
            throw new ArgumentException($"A label space needs at least two labels; {Labels.Length} given.", nameof(labels));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in Labels)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(label, nameof(labels));
            if (!seen.Add(label))
            {
                throw new ArgumentException($"The label '{label}' is given twice.", nameof(labels));
            }
        }
    }

    /// <summary>Gets the labels in their order.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>Finds the place of a label.</summary>
    /// <param name="label">The label.</param>
    /// <returns>Its index, or -1 when the space does not hold it.</returns>
    public int IndexOf(string label) => Labels.IndexOf(label, StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool Equals(LabelSpace? other) => other is not null && Labels.SequenceEqual(other.Labels, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSpace);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var label in Labels)
        {
            hash.Add(label, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Labels);
}
