using System.Collections.Immutable;

namespace LlmCascade.Escalation;

/// <summary>How a cascade is doing, as it stood when it was asked; immutable, and without any text of a request or an answer.</summary>
public sealed record CascadeHealth
{
    /// <summary>Gets the mode.</summary>
    public required CascadeMode Mode { get; init; }

    /// <summary>Gets how the tiers are doing, cheapest first.</summary>
    public required ImmutableArray<GeneratorHealth> Tiers { get; init; }

    /// <summary>Gets how the expert is doing. It never rests.</summary>
    public required GeneratorHealth Expert { get; init; }

    /// <summary>Gets the number of calls that ignored their cancellation, were left behind, and are still running.</summary>
    public int AbandonedCalls { get; init; }

    /// <summary>Gets the number of requests so far that had no shadow because too many were running.</summary>
    public long SkippedShadows { get; init; }
}
