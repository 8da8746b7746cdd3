namespace LlmCascade.Escalation;

/// <summary>What all attempts of one request share.</summary>
internal sealed class EpisodeState(CascadeSettings settings, CascadeRequestOptions options, string key, LiveStream? stream)
{
    public string Id { get; } = Guid.CreateVersion7(settings.TimeProvider.GetUtcNow()).ToString("N");

    public CascadeSettings Settings => settings;

    public CascadeRequestOptions Options => options;

    public string Key => key;

    public DateTimeOffset StartedAt { get; } = settings.TimeProvider.GetUtcNow();

    /// <summary>Gets where live updates go; none for a buffered request.</summary>
    public LiveStream? Stream => stream;

    /// <summary>Gets the lock of the attempt tree: a request's attempts rarely write at once, so one serves all nodes.</summary>
    public Lock TreeLock { get; } = new();
}
