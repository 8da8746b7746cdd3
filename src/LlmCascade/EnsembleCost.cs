namespace LlmCascade;

/// <summary>Whether asking several candidates can save anything beside the expert.</summary>
internal static class EnsembleCost
{
    /// <summary>Adds up the prices of all candidates of a tier; <see langword="null"/> where one is unknown, or one generator is asked once.</summary>
    public static IReadOnlyList<Prices>? PricesOf(GeneratorSetup setup)
    {
        var prices = setup.Ensemble is { } ensemble ? ensemble.Members.Select(member => member.Setup.Prices)
            : setup.Sampling is { } sampling ? Enumerable.Repeat(setup.Prices, sampling.Samples)
            : null;
        return prices is null || prices.Contains(null) ? null : [.. prices.OfType<Prices>()];
    }

    /// <summary>Gets whether, whatever the lengths of question and answer, the candidates cost as much as the expert: a share of deferrals saves where it is below <c>1 - Σ c_i / C</c>, and none is.</summary>
    public static bool CanNeverSave(IReadOnlyList<Prices>? candidates, Prices? expert) =>
        candidates is not null
        && expert is not null
        && candidates.Sum(each => each.InputPerMillion ?? 0) >= (expert.InputPerMillion ?? 0)
        && candidates.Sum(each => each.OutputPerMillion ?? 0) >= (expert.OutputPerMillion ?? 0)
        && candidates.Sum(each => each.PerCall ?? 0) >= (expert.PerCall ?? 0);
}
