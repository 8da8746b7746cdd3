using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>What several candidates said to one request, and how much they agree.</summary>
/// <param name="Candidates">Everybody who was asked, in their order; those that dropped out say why.</param>
/// <param name="Matrix">
/// How much the candidates agree, with their places in <paramref name="Candidates"/>. Nothing is known about those that dropped out.
/// </param>
[Experimental("LLMC005")]
public sealed record CandidateAgreement(IReadOnlyList<Candidate> Candidates, AgreementMatrix Matrix)
{
    /// <summary>Gets how much they agree together, from 0 to 1.</summary>
    /// <value><see langword="null"/> where fewer than two take part: one answer agrees with nobody.</value>
    public double? Score { get; init; }

    /// <summary>Gets the place of the candidate whose answer was given.</summary>
    public int Spoken { get; init; }

    /// <summary>Gets the mean agreement of each candidate with the others; 0 for those that dropped out.</summary>
    public IReadOnlyList<double> Centralities { get; init; } = [];

    /// <summary>Gets what a calibrator looks at.</summary>
    internal double[]? Features { get; init; }

    /// <summary>Gets the calibrator that lessons about this are for; <see langword="null"/> where there is none.</summary>
    internal object? Calibrator { get; init; }

    /// <summary>Gets the number of candidates that take part.</summary>
    public int Count => Candidates.Count(candidate => candidate.TakesPart);
}
