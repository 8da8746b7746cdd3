using System.Collections.Immutable;

namespace LlmCascade.Persistence;

/// <summary>What a load has found.</summary>
/// <param name="IsFound">Whether there was a file.</param>
/// <param name="MissingParts">
/// The parts that the file does not hold, by name: those came into the set-up after it was saved, and stay as they are.
/// </param>
internal sealed record LoadedCheckpoint(bool IsFound, ImmutableArray<string> MissingParts)
{
    /// <summary>Gets what is found before anything was saved.</summary>
    public static LoadedCheckpoint Absent { get; } = new(false, []);
}
