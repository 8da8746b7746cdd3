using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace LlmCascade.Evaluation;

/// <summary>What agreement is worth in the mean over all ensembles of one size that can be chosen from a pool.</summary>
[Experimental("LLMC005")]
public sealed record AgreementChoiceReport
{
    /// <summary>Gets the number of prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>Gets the names of the models that are chosen from.</summary>
    public required IReadOnlyList<string> Pool { get; init; }

    /// <summary>Gets how many of them make an ensemble.</summary>
    public required int Members { get; init; }

    /// <summary>Gets how many ensembles there are.</summary>
    public required int Ensembles { get; init; }

    /// <summary>Gets the name of the model that answers what is deferred.</summary>
    public required string Target { get; init; }

    /// <summary>Gets what each way to defer is worth.</summary>
    public required IReadOnlyList<AgreementSignal> Signals { get; init; }

    /// <summary>Gets the number of folds, on each of which that is tried which was fitted on the others.</summary>
    public required int Folds { get; init; }

    /// <summary>Gets the number of groups of prompts; <see langword="null"/> where prompts do not belong together.</summary>
    public int? Groups { get; init; }

    /// <summary>Gets the seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Writes the report as one JSON object, on one line, with the names of the properties in camel case; what is not known is <c>null</c>.</summary>
    /// <returns>The object.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, AgreementJsonContext.Default.AgreementChoiceReport);
}

/// <summary>What one way to defer, and to choose the answer that stands, is worth in the mean over all ensembles.</summary>
/// <param name="Name">The measure whose score decides; <c>calibrated</c> for the calibrator, <c>length</c> for the length of the prompt.</param>
/// <param name="AreaAboveRandom">The mean quality over all shares of deferral, less that of random deferral.</param>
/// <param name="EnsemblesAboveRandom">The share of ensembles in which that is above 0.</param>
/// <param name="MedoidGain">The mean score of the answers that stand, less that of the members' mean; <see langword="null"/> where nothing is chosen.</param>
/// <param name="EnsemblesWithMedoidGain">The share of ensembles in which that is above 0.</param>
[Experimental("LLMC005")]
public sealed record AgreementSignal(
    string Name, AgreementEstimate AreaAboveRandom, double EnsemblesAboveRandom, AgreementEstimate? MedoidGain, double? EnsemblesWithMedoidGain);
