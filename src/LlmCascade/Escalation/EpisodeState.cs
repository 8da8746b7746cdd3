namespace LlmCascade.Escalation;

/// <summary>What all attempts of one request share.</summary>
internal sealed class EpisodeState
{
    public EpisodeState(CascadeSettings settings, CascadeRequestOptions options, string key, LiveStream? stream)
    {
        Settings = settings;
        Options = options;
        Key = key;
        Stream = stream;
        StartedAt = settings.TimeProvider.GetUtcNow();
        Id = Guid.CreateVersion7(StartedAt).ToString("N");
    }

    public string Id { get; }

    public CascadeSettings Settings { get; }

    public CascadeRequestOptions Options { get; }

    public string Key { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>Gets where live updates go; none for a buffered request.</summary>
    public LiveStream? Stream { get; }

    /// <summary>Gets the lock of the attempt tree: a request's attempts rarely write at once, so one serves all nodes.</summary>
    public Lock TreeLock { get; } = new();
}
