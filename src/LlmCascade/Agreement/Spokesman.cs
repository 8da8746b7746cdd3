using System.Collections.Immutable;

namespace LlmCascade.Agreement;

/// <summary>Chooses among the most central candidates.</summary>
internal static class Spokesman
{
    /// <summary>Chooses: who matched the expert more often, whose length is nearest to the median, who is cheapest, who was named first.</summary>
    /// <param name="best">The candidates that tie.</param>
    /// <param name="answers">All answers that were compared.</param>
    /// <param name="members">Who gave them.</param>
    /// <param name="recordOf">How often a candidate matched the expert; the same for all where nothing is known.</param>
    public static int Choose(
        ImmutableArray<int> best, IReadOnlyList<Generation> answers, IReadOnlyList<EnsembleMember> members, Func<int, double> recordOf)
    {
        if (best is [var only])
        {
            return only;
        }

        var lengths = answers.Select(answer => answer.Response.Text.Length).Order().ToList();
        var median = (lengths[(lengths.Count - 1) / 2] + lengths[lengths.Count / 2]) / 2.0;
        return best
            .OrderByDescending(recordOf)
            .ThenBy(candidate => Math.Abs(answers[candidate].Response.Text.Length - median))
            .ThenBy(candidate => PriceOf(members[candidate].Prices))
            .First();
    }

    // For a question and an answer of one length; what is unknown is not taken for cheap.
    private static decimal PriceOf(Prices? prices) =>
        prices is null ? decimal.MaxValue : (prices.InputPerMillion ?? 0) + (prices.OutputPerMillion ?? 0) + ((prices.PerCall ?? 0) * 1_000_000);
}
