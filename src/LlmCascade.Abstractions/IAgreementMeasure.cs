using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Says how much answers to one request agree in what they say.</summary>
/// <remarks>Thread-safe, and symmetric: the order of the answers makes no difference.</remarks>
[Experimental("LLMC004")]
public interface IAgreementMeasure
{
    /// <summary>Gets the stable name of this measure with a version, part of what a threshold on it is bound to.</summary>
    string Id { get; }

    /// <summary>Gets whether agreement is all or nothing, and two answers that agree with a third one agree with each other.</summary>
    /// <value>
    /// <see langword="false"/> by default. A measure that promises it lets an ensemble stop asking sooner: an answer to come can join one
    /// group of answers that are the same, and not several.
    /// </value>
    bool IsEquivalence => false;

    /// <summary>Measures how much each answer agrees with each other one.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="answers">The answers, at least two.</param>
    /// <param name="context">The attempt that the answers belong to; a measure that pays a judge begins a child of it. <see langword="null"/> where there is none.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    /// <returns>The agreements.</returns>
    ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request,
        IReadOnlyList<Generation> answers,
        AttemptContext? context = null,
        CancellationToken cancellationToken = default);
}
