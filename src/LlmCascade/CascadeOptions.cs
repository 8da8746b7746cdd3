using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using LlmCascade.Escalation;
using LlmCascade.Telemetry;

namespace LlmCascade;

/// <summary>What configuration can say about a cascade: the section <c>LlmCascade</c>, or <c>LlmCascade:NAME</c> for a named one.</summary>
public sealed class CascadeOptions
{
    internal const string Section = "LlmCascade";

    /// <summary>Gets or sets how requests are treated.</summary>
    /// <value>
    /// <see cref="CascadeMode.Normal"/> by default. Where configuration is reloaded with another value, the running
    /// cascade switches; a mode that code has set since stays otherwise.
    /// </value>
    public CascadeMode Mode { get; set; }

    /// <summary>Gets or sets how many requests may have tiers running beside them at once, in <see cref="CascadeMode.Shadow"/>.</summary>
    /// <value>At least 1; 16 by default.</value>
    [Range(1, int.MaxValue)]
    public int ShadowLimit { get; set; } = 16;

    /// <summary>Gets or sets how long a request may take in all.</summary>
    /// <value>From a millisecond to 24 days; <see langword="null"/>, the default, for no limit.</value>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Gets or sets how long a call may take to end after its cancellation before it is left behind.</summary>
    /// <value>From a millisecond to 24 days; one second by default.</value>
    public TimeSpan GraceTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets or sets after how many failures in a row a tier rests.</summary>
    /// <value>At least 1; 5 by default.</value>
    [Range(1, int.MaxValue)]
    public int RestAfterFailures { get; set; } = 5;

    /// <summary>Gets or sets how long a tier rests before one request probes it.</summary>
    /// <value>From a millisecond to 24 days; 30 seconds by default.</value>
    public TimeSpan RestTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the seed of all random draws.</summary>
    public ulong Seed { get; set; }

    /// <summary>Gets or sets whether spans hold the texts of requests and answers, and logs and spans what exceptions say.</summary>
    /// <value>
    /// <see langword="false"/> by default, unless the environment variable
    /// <c>OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT</c> is <c>true</c>. Metrics never hold any.
    /// </value>
    public bool EnableSensitiveData { get; set; } = CascadeTelemetry.IsContentCaptured;

    /// <summary>Gets what is said about tiers, by name.</summary>
    /// <value>
    /// An entry changes the tier of that name that code adds, whatever the case of its letters. A tier that code does
    /// not know needs <see cref="TierOptions.Client"/>; such tiers come after those of the code, by rising input price,
    /// then by name.
    /// </value>
    public IDictionary<string, TierOptions> Tiers { get; } = new Dictionary<string, TierOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets what is said about the expert.</summary>
    public ExpertOptions Expert { get; } = new();

    internal Action<Episode>? EpisodeObserver { get; private set; }

    internal Action<EpisodeAddendum>? AddendumObserver { get; private set; }

    /// <summary>Tells about every finished episode, as <see cref="CascadeBuilder.OnEpisode"/> does, where code cannot reach the builder.</summary>
    /// <param name="observer">Called on the request's thread before the answer is returned. What it throws is logged and reaches nobody.</param>
    public void OnEpisode(Action<Episode> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        EpisodeObserver += observer;
    }

    /// <summary>Tells what came of the tiers that ran beside the expert, in Shadow, as <see cref="CascadeBuilder.OnAddendum"/> does.</summary>
    /// <param name="observer">Called after the episode was published, on a thread that no request waits for. What it throws is logged and reaches nobody.</param>
    [Experimental("LLMC002")]
    public void OnAddendum(Action<EpisodeAddendum> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        AddendumObserver += observer;
    }
}
