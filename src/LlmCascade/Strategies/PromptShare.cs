using Microsoft.Extensions.AI;

namespace LlmCascade.Strategies;

/// <summary>Says what a part of a prompt or of an answer costs. Providers count the tokens of the whole, so the part is taken at four characters a token.</summary>
internal static class PromptShare
{
    private const decimal CharactersPerToken = 4;
    private const decimal Million = 1_000_000;

    /// <summary>Computes what a part of a prompt costs.</summary>
    /// <param name="characters">The length of the part.</param>
    /// <param name="usage">The tokens of the call, which the part has no more of.</param>
    /// <param name="prices">Its prices.</param>
    /// <returns><see langword="null"/> where it is unknown.</returns>
    public static decimal? CostOfInput(int characters, UsageDetails? usage, Prices? prices) =>
        CostOf(characters, usage?.InputTokenCount, prices, prices?.InputPerMillion);

    /// <summary>Computes what a part of an answer costs.</summary>
    /// <param name="characters">The length of the part.</param>
    /// <param name="usage">The tokens of the call, which the part has no more of.</param>
    /// <param name="prices">Its prices.</param>
    /// <returns><see langword="null"/> where it is unknown.</returns>
    public static decimal? CostOfOutput(int characters, UsageDetails? usage, Prices? prices) =>
        CostOf(characters, usage?.OutputTokenCount, prices, prices?.OutputPerMillion);

    // Where calls are charged and tokens are not, a longer prompt costs no more.
    private static decimal? CostOf(int characters, long? most, Prices? prices, decimal? perMillion) =>
        characters == 0 || prices is { PerCall: not null, InputPerMillion: null } ? 0
        : perMillion * Math.Min(characters / CharactersPerToken, most ?? decimal.MaxValue) / Million;
}
