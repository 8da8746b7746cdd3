namespace LlmCascade.Escalation;

/// <summary>How the calls to a tier or to the expert went lately.</summary>
public sealed record GeneratorHealth
{
    /// <summary>Gets the name of the tier or the expert.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of calls that failed since the last one that succeeded.</summary>
    /// <value>Rejected answers, broken policies and cancelled requests do not count.</value>
    public int FailuresInARow { get; init; }

    /// <summary>Gets when the rest of the tier ends.</summary>
    /// <value>
    /// <see langword="null"/> when it does not rest. Once the time has passed the next request probes the tier, and the
    /// probe's success ends the rest.
    /// </value>
    public DateTimeOffset? RestsUntil { get; init; }

    /// <summary>Gets the last failure, also when calls succeeded since.</summary>
    /// <value><see langword="null"/> when no call has failed yet.</value>
    public CallFailure? LastFailure { get; init; }
}
