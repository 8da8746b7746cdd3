using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>What happened to one attempt, without any content of it.</summary>
public sealed record AttemptTrace
{
    /// <summary>Gets the name of the tier, the expert, the member or the step.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what the attempt did.</summary>
    public AttemptRole Role { get; init; }

    /// <summary>Gets what was decided about it.</summary>
    public Decision Decision { get; init; }

    /// <summary>Gets why, as a short stable code.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Gets the confidence that was looked at; <see langword="null"/> when there was none.</summary>
    public double? Confidence { get; init; }

    /// <summary>Gets where the confidence comes from.</summary>
    public ConfidenceSource ConfidenceSource { get; init; }

    /// <summary>Gets the number of samples the confidence rests on; 0 when there is none.</summary>
    public int SampleCount { get; init; }

    /// <summary>Gets the probability with which the decision was drawn; <see langword="null"/> when nothing was drawn.</summary>
    public double? Probability { get; init; }

    /// <summary>Gets how much the candidates agree whose answers were compared; <see langword="null"/> where none were.</summary>
    [Experimental("LLMC005")]
    public double? Agreement { get; init; }

    /// <summary>Gets the name of the candidate whose answer spoke for the others; <see langword="null"/> where none were compared.</summary>
    [Experimental("LLMC005")]
    public string? SpokenBy { get; init; }

    /// <summary>Gets the input tokens of the attempt's own calls, as far as they are known.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Gets the output tokens of the attempt's own calls, as far as they are known.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Gets the most output tokens that the attempt's own calls could have used; <see langword="null"/> when they had no limit.</summary>
    public long? OutputTokenLimit { get; init; }

    /// <summary>Gets how much is known about the tokens.</summary>
    public UsageState UsageState { get; init; }

    /// <summary>Gets the cost of the attempt's own calls; <see langword="null"/> when nothing is known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Gets the time from opening to closing the attempt, in milliseconds.</summary>
    public double LatencyMilliseconds { get; init; }

    /// <summary>Gets whether a call ignored its cancellation and was left behind, so that its usage is unknown.</summary>
    public bool IsAbandoned { get; init; }

    /// <summary>Gets the attempts made inside this one; <see langword="null"/> when there are none.</summary>
    public IReadOnlyList<AttemptTrace>? Children { get; init; }

    internal static AttemptTrace[]? Of(ImmutableArray<Attempt> attempts)
    {
        if (attempts.IsEmpty)
        {
            return null;
        }

        var traces = new AttemptTrace[attempts.Length];
        for (var i = 0; i < traces.Length; i++)
        {
            traces[i] = Of(attempts[i]);
        }

        return traces;
    }

    private static AttemptTrace Of(Attempt attempt) => new()
    {
        Name = attempt.Name,
        Role = attempt.Role,
        Decision = attempt.Verdict.Decision,
        Reason = attempt.Verdict.Reason,
        Confidence = attempt.Verdict.Confidence is { HasValue: true } confidence ? confidence.Value : null,
        ConfidenceSource = attempt.Verdict.Confidence.Source,
        SampleCount = attempt.Verdict.Confidence.SampleCount,
        Probability = attempt.Verdict.Probability,
        Agreement = attempt.Generation?.Agreement?.Score,
        SpokenBy = attempt.Generation?.Agreement is { } agreement ? agreement.Candidates[agreement.Spoken].Name : null,
        InputTokens = attempt.Usage?.InputTokenCount,
        OutputTokens = attempt.Usage?.OutputTokenCount,
        OutputTokenLimit = attempt.OutputTokenLimit,
        UsageState = attempt.UsageState,
        Cost = attempt.Cost,
        LatencyMilliseconds = Math.Round(attempt.Latency.TotalMilliseconds, 3),
        IsAbandoned = attempt.IsAbandoned,
        Children = Of(attempt.Children),
    };
}
