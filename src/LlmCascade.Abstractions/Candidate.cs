using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>One of several answers to the same request, or why there is none.</summary>
/// <param name="Name">The name of who was asked: an ensemble's member, or a sample.</param>
[Experimental("LLMC005")]
public sealed record Candidate(string Name)
{
    /// <summary>Gets the answer; <see langword="null"/> when there was none.</summary>
    public Generation? Answer { get; init; }

    /// <summary>Gets why the candidate takes no part in the agreement, as a short stable code; <see langword="null"/> where it takes part.</summary>
    public string? Exclusion { get; init; }

    /// <summary>Gets whether the candidate takes part.</summary>
    [MemberNotNullWhen(true, nameof(Answer))]
    public bool TakesPart => Exclusion is null && Answer is not null;

    /// <summary>Names the candidate without its text.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => Exclusion is null ? Name : $"{Name} ({Exclusion})";
}
