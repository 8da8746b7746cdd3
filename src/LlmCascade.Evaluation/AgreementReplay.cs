using System.Diagnostics.CodeAnalysis;
using LlmCascade.Evaluation.Ensembles;

namespace LlmCascade.Evaluation;

/// <summary>Replays what models answered as if they had been an ensemble that defers to a target where it does not agree.</summary>
[Experimental("LLMC005")]
public static class AgreementReplay
{
    /// <summary>Replays one ensemble.</summary>
    /// <param name="data">The recorded answers.</param>
    /// <param name="options">The ensemble and the target.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="ArgumentException">The options do not fit each other or the data; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The replay was stopped.</exception>
    public static Task<AgreementReplayReport> RunAsync(
        RecordedAnswers data, AgreementReplayOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(data);
        return EnsembleReplay.RunAsync(data, options, cancellationToken);
    }

    /// <summary>Replays every ensemble of one size that can be chosen from the members, and tells the means: what a way to defer is worth, whoever is in the ensemble.</summary>
    /// <param name="data">The recorded answers.</param>
    /// <param name="options">The models that are chosen from, and the target. All measures are tried.</param>
    /// <param name="members">How many make an ensemble, at least two.</param>
    /// <param name="cancellationToken">Stops the replay.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="ArgumentException">The options do not fit each other or the data; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The replay was stopped.</exception>
    public static Task<AgreementChoiceReport> ChooseAsync(
        RecordedAnswers data, AgreementReplayOptions options, int members, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(data);
        return EnsembleChoice.RunAsync(data, options, members, cancellationToken);
    }
}
