using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Agreement;

/// <summary>How the agreements of pairs of candidates become one score.</summary>
[Experimental("LLMC005")]
public enum AgreementAggregation
{
    /// <summary>The mean agreement of the most central candidate, the medoid, with the others: <c>max_i (1/(m-1)) Σ_j sim(i, j)</c>.</summary>
    MaxCentrality,

    /// <summary>The mean over all pairs: <c>(2/(m(m-1))) Σ_i&lt;j sim(i, j)</c>.</summary>
    MeanPairwise,

    /// <summary>The lowest of all pairs: as strict as the candidate that agrees least.</summary>
    MinPairwise,

    /// <summary>The share of the candidates that belong to the largest group in which all agree with each other; 1/m where no two agree.</summary>
    MajorityCluster,
}
