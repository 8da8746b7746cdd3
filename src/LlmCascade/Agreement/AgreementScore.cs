using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace LlmCascade.Agreement;

/// <summary>How much candidates agree together, and which of them speak for the others.</summary>
/// <remarks>After Soiffer, Kolawole and Smith, "Semantic Agreement" (arXiv 2509.21837). A pair about which the measure cannot tell counts as no agreement.</remarks>
[Experimental("LLMC005")]
public sealed record AgreementScore
{
    // Sums in another order differ by less.
    private const double Rounding = 1e-9;

    /// <summary>More than anybody pays for; groups of them are sets of bits.</summary>
    internal const int MostCandidates = 32;

    private AgreementScore(double value, ImmutableArray<double> centralities, ImmutableArray<int> best)
    {
        Value = value;
        Centralities = centralities;
        Best = best;
    }

    /// <summary>Gets the score, from 0 to 1.</summary>
    public double Value { get; }

    /// <summary>Gets the mean agreement of each candidate with the others.</summary>
    public ImmutableArray<double> Centralities { get; }

    /// <summary>Gets the most central candidates, in their order: one, or several that tie.</summary>
    /// <value>With <see cref="AgreementAggregation.MajorityCluster"/> the most central ones of the largest groups.</value>
    public ImmutableArray<int> Best { get; }

    /// <summary>Computes the score.</summary>
    /// <param name="matrix">How much the candidates agree, two of them at least and 32 at most.</param>
    /// <param name="aggregation">How the pairs become one score.</param>
    /// <param name="clusterSimilarity">From which agreement on two candidates belong to one group, from 0 to 1; for <see cref="AgreementAggregation.MajorityCluster"/>.</param>
    /// <returns>The score.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer candidates, or more; or an argument is outside its range.</exception>
    public static AgreementScore Of(
        AgreementMatrix matrix, AgreementAggregation aggregation = AgreementAggregation.MaxCentrality, double clusterSimilarity = 0.5)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (matrix.Count is < 2 or > MostCandidates)
        {
            throw new ArgumentOutOfRangeException(nameof(matrix), matrix.Count, $"Between 2 and {MostCandidates} candidates can agree.");
        }

        if (clusterSimilarity is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(clusterSimilarity), clusterSimilarity, "An agreement lies between 0 and 1.");
        }

        var count = matrix.Count;
        ImmutableArray<double> centralities = [.. Enumerable.Range(0, count).Select(i => SumOf(matrix, i) / (count - 1))];
        if (aggregation == AgreementAggregation.MajorityCluster)
        {
            var groups = AgreementGroups.LargestOf(matrix, clusterSimilarity);
            return new(
                (double)BitOperations.PopCount(groups[0]) / count,
                centralities,
                MostCentral(centralities, groups.Aggregate(0UL, (all, group) => all | group)));
        }

        var value = aggregation switch
        {
            AgreementAggregation.MaxCentrality => centralities.Max(),
            AgreementAggregation.MeanPairwise => centralities.Sum() / count,
            AgreementAggregation.MinPairwise => Pairs(matrix).Min(),
            _ => throw new ArgumentOutOfRangeException(nameof(aggregation), aggregation, "There is no such aggregation."),
        };
        return new(Math.Min(1, value), centralities, MostCentral(centralities, ulong.MaxValue));
    }

    /// <summary>Finds the scores that are still possible while some candidates are missing, each of which may also drop out.</summary>
    /// <param name="matrix">How much those agree that are there; <see langword="null"/> where there are fewer than two.</param>
    /// <param name="missing">How many are missing.</param>
    /// <param name="aggregation">How the pairs become one score.</param>
    /// <param name="clusterSimilarity">From which agreement on two candidates belong to one group.</param>
    /// <param name="isEquivalence">Whether agreement is all or nothing, and shared by those who agree with the same one.</param>
    internal static ConfidenceRange Reachable(
        AgreementMatrix? matrix, int missing, AgreementAggregation aggregation, double clusterSimilarity, bool isEquivalence)
    {
        if (matrix is null)
        {
            return new ConfidenceRange(0, 1);
        }

        var present = matrix.Count;
        var all = present + missing;
        var now = Of(matrix, aggregation, clusterSimilarity).Value;
        if (missing == 0)
        {
            return new ConfidenceRange(now, now);
        }

        switch (aggregation)
        {
            case AgreementAggregation.MaxCentrality:
                // Whoever comes may agree with everybody, unless that would make those agree who do not.
                var most = isEquivalence
                    ? (double)(BitOperations.PopCount(AgreementGroups.LargestOf(matrix, clusterSimilarity: 1)[0]) - 1 + missing) / (all - 1)
                    : 1;
                return new ConfidenceRange(now * (present - 1) / (all - 1), most);

            case AgreementAggregation.MeanPairwise:
                double pairs = all * (all - 1) / 2, known = present * (present - 1) / 2;
                return new ConfidenceRange(now * known / pairs, ((now * known) + pairs - known) / pairs);

            case AgreementAggregation.MinPairwise:
                return new ConfidenceRange(0, now);

            default:
                return new ConfidenceRange(now * present / all, ((now * present) + missing) / all);
        }
    }

    private static double SumOf(AgreementMatrix matrix, int candidate)
    {
        var sum = 0.0;
        for (var other = 0; other < matrix.Count; other++)
        {
            sum += other == candidate ? 0 : matrix[candidate, other] ?? 0;
        }

        return sum;
    }

    private static IEnumerable<double> Pairs(AgreementMatrix matrix)
    {
        for (var second = 1; second < matrix.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                yield return matrix[first, second] ?? 0;
            }
        }
    }

    private static ImmutableArray<int> MostCentral(ImmutableArray<double> centralities, ulong among)
    {
        var places = Enumerable.Range(0, centralities.Length).Where(i => (among >> i & 1) == 1).ToList();
        var highest = places.Max(i => centralities[i]);
        return [.. places.Where(i => centralities[i] >= highest - Rounding)];
    }
}
