using LlmCascade.Persistence;

namespace LlmCascade.Tests.Persistence;

internal static class CheckpointStoreExtensions
{
    /// <summary>Reads a file and makes it the state, as a cascade does while nothing is being learned.</summary>
    public static async Task<LoadedCheckpoint> LoadAsync(this CheckpointStore store, CancellationToken cancellationToken = default)
    {
        var loaded = await store.ReadAsync(cancellationToken);
        loaded.Install();
        return loaded;
    }
}
