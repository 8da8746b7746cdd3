using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using LlmCascade.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmCascade.Escalation;

/// <summary>How a cascade treats time, failures, chance and questions; immutable.</summary>
public sealed record CascadeSettings
{
    /// <summary>Gets the name of the cascade in spans, metrics and logs.</summary>
    /// <value><c>LlmCascade</c> by default.</value>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string Name
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value);
            field = value;
        }
    } = "LlmCascade";

    /// <summary>Gets how long a request may take in all; <see langword="null"/>, the default, for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above zero, or above 24 days.</exception>
    public TimeSpan? Timeout { get; init => field = Limits.Positive(value); }

    /// <summary>Gets how long a call may take to end after its cancellation before it is left behind.</summary>
    /// <value>One second by default.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above zero, or above 24 days.</exception>
    public TimeSpan GraceTime { get; init => field = Limits.Positive(value); } = TimeSpan.FromSeconds(1);

    /// <summary>Gets after how many failures in a row a tier rests.</summary>
    /// <value>5 by default.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int RestAfterFailures
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 5;

    /// <summary>Gets how long a tier rests before one request probes it.</summary>
    /// <value>30 seconds by default.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above zero, or above 24 days.</exception>
    public TimeSpan RestTime { get; init => field = Limits.Positive(value); } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the mode in which the cascade begins; <see cref="Cascade.Mode"/> switches it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is no mode.</exception>
    public CascadeMode Mode { get; init => field = Limits.Known(value); }

    /// <summary>Gets how many requests may have tiers running beside them at once, in Shadow; more go without.</summary>
    /// <value>16 by default.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int ShadowLimit
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 16;

    /// <summary>Gets the seed of all random draws: with equal seeds and request keys, draws repeat.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets how the chat client of the cascade finds the question of a conversation. A request made by hand brings its own way.</summary>
    public QueryProjection QueryProjection { get; init; } = QueryProjection.LastUser;

    /// <summary>Gets the clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets who is told about every finished episode, also about failed and cancelled ones.</summary>
    /// <value>
    /// A cascade inside another one tells about its own part. Called on the request's thread before the answer is returned, so it must be quick. What it
    /// throws is logged and reaches nobody, not even the next observer.
    /// </value>
    public Action<Episode>? OnEpisode { get; init; }

    /// <summary>Gets who is told what came of the tiers that ran beside the expert, in Shadow.</summary>
    /// <value>
    /// Called after the episode was published, once the tiers have ended, on a thread that no request waits for; several
    /// calls may come at once. Requests that failed are told about too: their tiers were cancelled and have cost
    /// something. What an observer throws is logged and reaches nobody, not even the next one.
    /// </value>
    [Experimental("LLMC002")]
    public Action<EpisodeAddendum>? OnAddendum { get; init; }

    /// <summary>Gets the share of the kept answers of tiers about which the expert is asked as well, beside the request.</summary>
    /// <value>
    /// From 0, the default, to 1. As many audits run at once as <see cref="ShadowLimit"/> says, a thousand more may wait, and each is a call of the expert's
    /// budget. Requests that allow no learning are not audited.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    [Experimental("LLMC004")]
    public double AuditShare
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A share lies between 0 and 1.");
    }

    /// <summary>Gets who learns from audits. It does not throw.</summary>
    internal Func<Lesson, ValueTask>? LearnAudit { get; init; }

    /// <summary>Gets who remembers an episode, for truth about it, before it is its turn to be learned.</summary>
    internal Action<Episode>? Remember { get; init; }

    /// <summary>Gets how often the expert may be asked; <see langword="null"/>, the default, for as often as it takes.</summary>
    /// <value>
    /// It holds in every mode. Requests that it refuses an expert get the last tier's answer, with the reason
    /// <see cref="EscalationReasons.BudgetSpent"/>, or fail where no tier has one. A cascade inside another one counts
    /// its own expert's calls.
    /// </value>
    [Experimental("LLMC001")]
    public IExpertBudget? ExpertBudget { get; init; }

    /// <summary>Gets who learns from the episodes that were answered. It does not throw; the token ends the wait for it.</summary>
    internal Func<Episode, CancellationToken, ValueTask>? Learn { get; init; }

    /// <summary>Gets who numbers the requests, where the number is kept; <see langword="null"/> to begin at 1.</summary>
    internal RequestNumber? RequestNumber { get; init; }

    /// <summary>Gets where the cascade logs what it cannot tell the caller.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Gets where the cascade's meter comes from.</summary>
    /// <value><see langword="null"/>, the default, for a meter that the whole process shares.</value>
    public IMeterFactory? MeterFactory { get; init; }

    /// <summary>Gets whether spans hold the texts of requests and answers, and logs and spans what exceptions say.</summary>
    /// <value>
    /// <see langword="false"/> by default, unless the environment variable
    /// <c>OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT</c> is <c>true</c>. Metrics never hold any.
    /// </value>
    public bool EnableSensitiveData { get; init; } = CascadeTelemetry.IsContentCaptured;
}
