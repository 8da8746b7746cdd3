using System.Diagnostics.CodeAnalysis;
using LlmCascade.Embeddings;

namespace LlmCascade.Agreement;

/// <summary>How several answers to one request become one answer and a confidence.</summary>
[Experimental("LLMC005")]
public sealed class AgreementOptions
{
    /// <summary>Gets or sets what says how much two answers agree.</summary>
    /// <value>By default <see cref="SimilarityMeasure.Semantic"/> with the hashed embedding, which needs no model.</value>
    public IAgreementMeasure Measure { get; set; } = SimilarityMeasure.Semantic(HashedEmbeddingGenerator.Shared);

    /// <summary>Gets or sets how the agreements of pairs become one score.</summary>
    /// <value>The agreement of the most central answer by default.</value>
    public AgreementAggregation Aggregation { get; set; }

    /// <summary>Gets or sets from which agreement on two answers belong to one group.</summary>
    /// <value>Above 0 and at most 1; 0.5 by default. It matters to <see cref="AgreementAggregation.MajorityCluster"/> alone.</value>
    public double ClusterSimilarity { get; set; } = 0.5;

    /// <summary>Gets or sets what turns agreement into the probability of matching the expert.</summary>
    /// <value>
    /// <see langword="null"/>, the default, makes the score itself the confidence. A calibrator belongs to one ensemble. Until it has learned enough there
    /// is no confidence, so that a threshold defers.
    /// </value>
    public AgreementCalibrator? Calibrator { get; set; }

    internal AgreementOptions Copy() => (AgreementOptions)MemberwiseClone();

    /// <summary>Says what is wrong with the values, each mistake with the name of its option.</summary>
    internal IEnumerable<string> FindMistakes()
    {
        if (Measure is null)
        {
            yield return "Measure: there is none.";
        }

        if (!Enum.IsDefined(Aggregation))
        {
            yield return $"Aggregation: there is no aggregation {Aggregation}.";
        }

        if (ClusterSimilarity is not (> 0 and <= 1))
        {
            yield return $"ClusterSimilarity: {ClusterSimilarity} is not above 0 and at most 1.";
        }
    }

    /// <summary>Copies the values where nothing is wrong with them.</summary>
    /// <exception cref="ArgumentException">Something is.</exception>
    internal static AgreementOptions Checked(AgreementOptions? options)
    {
        var copy = options?.Copy() ?? new AgreementOptions();
        return copy.FindMistakes().FirstOrDefault() is { } mistake ? throw new ArgumentException(mistake, nameof(options)) : copy;
    }
}
