using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Says how much answers to one request agree in what they say.</summary>
/// <remarks>Thread-safe, and symmetric: the order of the answers makes no difference.</remarks>
[Experimental("LLMC004")]
public interface IAgreementMeasure
{
    /// <summary>Gets the stable name of this measure with a version, part of what a threshold on it is bound to.</summary>
    string Id { get; }

    /// <summary>Measures how much each answer agrees with each other one.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="answers">The answers, at least two.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    /// <returns>The agreements.</returns>
    ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, CancellationToken cancellationToken = default);
}
