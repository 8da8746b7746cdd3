namespace LlmCascade.Escalation;

/// <summary>What all attempts of one request share.</summary>
internal sealed class EpisodeState
{
    public EpisodeState(CascadeSettings settings, CascadeRequestOptions options, string key, LiveStream? stream, CallGuard guard)
    {
        Settings = settings;
        Guard = guard;
        Options = options;
        Key = key;
        Stream = stream;
        StartedAt = settings.TimeProvider.GetUtcNow();
        Id = Guid.CreateVersion7(StartedAt).ToString("N");
    }

    private EpisodeState(CascadeSettings settings, Episode episode)
    {
        Settings = settings;
        Options = new CascadeRequestOptions { Scope = episode.Scope, Key = episode.Key };
        Key = episode.Key;
        StartedAt = episode.StartedAt;
        Id = episode.Id;
        IsShadow = true;
    }

    private EpisodeState(EpisodeState original)
    {
        Settings = original.Settings;
        Guard = original.Guard;
        Options = original.Options;
        Key = original.Key;
        StartedAt = original.StartedAt;
        Id = original.Id;
        IsShadow = true;
    }

    public string Id { get; }

    public CascadeSettings Settings { get; }

    /// <summary>Gets who waits for calls inside an attempt; nobody in a tree about an episode that was published.</summary>
    public CallGuard? Guard { get; }

    public CascadeRequestOptions Options { get; }

    public string Key { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>Gets where live updates go; none for a buffered request.</summary>
    public LiveStream? Stream { get; }

    /// <summary>Gets whether the tree runs beside the one that answers.</summary>
    public bool IsShadow { get; }

    /// <summary>Gets the lock of the attempt tree: a request's attempts rarely write at once, so one serves all nodes.</summary>
    public Lock TreeLock { get; } = new();

    /// <summary>Makes what a tree needs that belongs to an episode which was published.</summary>
    public static EpisodeState After(CascadeSettings settings, Episode episode) => new(settings, episode);

    /// <summary>Copies what a tree needs that runs beside the episode's own: it shows nothing, and neither waits for the other.</summary>
    public EpisodeState Beside() => new(this);
}
