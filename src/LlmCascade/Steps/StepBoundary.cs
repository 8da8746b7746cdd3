using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>Where one step of a text ends and the next one begins.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
[Experimental("LLMC006")]
public abstract class StepBoundary
{
    private protected StepBoundary(string id, string separator, string instructions, params ImmutableArray<string> stopSequences)
    {
        Id = id;
        Separator = separator;
        Instructions = instructions;
        StopSequences = stopSequences;
    }

    /// <summary>Gets a stable name with a version, part of every fingerprint.</summary>
    public string Id { get; }

    /// <summary>Gets what stands between two steps of one text.</summary>
    public string Separator { get; }

    /// <summary>Gets how a model is told to write steps, in a sentence or two.</summary>
    public string Instructions { get; }

    /// <summary>Gets what a provider is asked to stop at, so that it writes one step and is not paid for more; empty where no such text exists.</summary>
    public ImmutableArray<string> StopSequences { get; }

    /// <summary>Finds where the first step of a text ends.</summary>
    /// <param name="text">The text, which may still grow.</param>
    /// <returns>The number of characters up to its end; <see langword="null"/> where what follows may belong to it.</returns>
    public abstract int? FindEnd(string text);

    /// <summary>Splits a whole text into its steps.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The steps, trimmed; none of them is empty.</returns>
    public IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> steps = [];
        var rest = text;
        while (FindEnd(rest) is { } end)
        {
            Add(steps, rest[..end]);
            rest = rest[end..];
        }

        Add(steps, rest);
        return steps;
    }

    private static void Add(List<string> steps, string step)
    {
        if (step.Trim() is { Length: > 0 } trimmed)
        {
            steps.Add(trimmed);
        }
    }
}
