namespace LlmCascade.Tests.Checkpoints;

/// <summary>Something learned of which there is a file for every version that was released.</summary>
/// <param name="Name">The name of the files, lower case with hyphens.</param>
/// <param name="Version">The version that is written today.</param>
/// <param name="Create">Makes the parts of the checkpoint, untrained.</param>
/// <param name="Train">Brings the parts into the state that all files hold: always the same one.</param>
/// <param name="Check">Asserts that the parts are in that state, for a file of any version.</param>
public sealed record ReleasedCheckpoint(
    string Name,
    int Version,
    Func<IReadOnlyDictionary<string, ICheckpointed>> Create,
    Action<IReadOnlyDictionary<string, ICheckpointed>> Train,
    Action<IReadOnlyDictionary<string, ICheckpointed>> Check)
{
    public string FileName => $"{Name}-{Version}.checkpoint";

    public override string ToString() => Name;
}
