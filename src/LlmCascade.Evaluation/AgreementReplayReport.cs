using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace LlmCascade.Evaluation;

/// <summary>What came of deferring where members of an ensemble do not agree.</summary>
[Experimental("LLMC005")]
public sealed record AgreementReplayReport
{
    /// <summary>Gets the number of prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>Gets the names of the members.</summary>
    public required IReadOnlyList<string> Ensemble { get; init; }

    /// <summary>Gets the name of the model that answers what is deferred.</summary>
    public required string Target { get; init; }

    /// <summary>Gets the id of the measure.</summary>
    public required string Measure { get; init; }

    /// <summary>Gets whether a calibrator decides, fitted crosswise; otherwise the score of the measure does.</summary>
    public required bool IsCalibrated { get; init; }

    /// <summary>Gets what comes of deferring 0, 1, … 100 % of the prompts.</summary>
    public required IReadOnlyList<AgreementPoint> Points { get; init; }

    /// <summary>Gets what else could be done.</summary>
    public required AgreementBaselines Baselines { get; init; }

    /// <summary>Gets the mean quality over all shares of deferral, less that of random deferral.</summary>
    public required AgreementEstimate AreaAboveRandom { get; init; }

    /// <summary>Gets the quality where members and target together cost 40 % of the target; <see langword="null"/> where costs are not known, and where the members alone cost more.</summary>
    public double? QualityAtCost40 { get; init; }

    /// <summary>Gets the lowest cost, as a share of the target's, at which the quality of the target is reached; <see langword="null"/> where costs are not known.</summary>
    /// <value>Above 1 where only the target itself reaches it.</value>
    public double? LowestCostAtTargetQuality { get; init; }

    /// <summary>Gets the lowest share of deferral at which the quality of the target is reached; 1 where only the target itself reaches it.</summary>
    public required double LowestDeferralAtTargetQuality { get; init; }

    /// <summary>Gets the share of deferral up to which members and target cost less than the target alone; <see langword="null"/> where costs are not known.</summary>
    public double? BreakEvenDeferralRate { get; init; }

    /// <summary>Gets the comparison with a plain majority; <see langword="null"/> where answers come to no numbers.</summary>
    public IReadOnlyList<MajorityComparison>? AgainstMajority { get; init; }

    /// <summary>Gets what becomes of some thresholds when a member is another model; <see langword="null"/> where none is replaced.</summary>
    public IReadOnlyList<SwapPoint>? Swap { get; init; }

    /// <summary>Gets the number of folds, on each of which that is tried which was fitted on the others.</summary>
    public required int Folds { get; init; }

    /// <summary>Gets the number of groups of prompts; <see langword="null"/> where prompts do not belong together.</summary>
    public int? Groups { get; init; }

    /// <summary>Gets the seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Writes the report as one JSON object, on one line, with the names of the properties in camel case; what is not known is <c>null</c>.</summary>
    /// <returns>The object.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, AgreementJsonContext.Default.AgreementReplayReport);
}
