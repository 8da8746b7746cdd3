using System.Collections.Immutable;

namespace LlmCascade.Persistence;

/// <summary>What was read from a file, and is not the state yet.</summary>
/// <param name="IsFound">Whether there was a file.</param>
/// <param name="MissingParts">
/// The parts that the file does not hold, by name: those came into the set-up after it was saved, and stay as they are.
/// </param>
/// <param name="Install">Makes it the state, all parts of it; the caller sees to it that nothing is being learned meanwhile.</param>
internal sealed record LoadedCheckpoint(bool IsFound, ImmutableArray<string> MissingParts, Action Install)
{
    /// <summary>Gets what is read before anything was saved.</summary>
    public static LoadedCheckpoint Absent { get; } = new(false, [], static () => { });
}
