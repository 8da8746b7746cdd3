using Microsoft.Extensions.AI;

namespace LlmCascade.Strategies;

/// <summary>Says what a text costs whose tokens nobody counts by themselves, at four characters a token.</summary>
internal static class CostEstimate
{
    private const decimal CharactersPerToken = 4;
    private const decimal Million = 1_000_000;

    /// <summary>Computes what a part of a prompt costs.</summary>
    /// <param name="characters">The length of the part.</param>
    /// <param name="usage">The tokens of the call, which the part has no more of.</param>
    /// <param name="prices">Its prices.</param>
    /// <returns><see langword="null"/> where it is unknown.</returns>
    public static decimal? OfInput(int characters, UsageDetails? usage, Prices? prices) => OfPart(characters, usage?.InputTokenCount, prices, prices?.InputPerMillion);

    /// <summary>Computes what a part of an answer costs.</summary>
    /// <param name="characters">The length of the part.</param>
    /// <param name="usage">The tokens of the call, which the part has no more of.</param>
    /// <param name="prices">Its prices.</param>
    /// <returns><see langword="null"/> where it is unknown.</returns>
    public static decimal? OfOutput(int characters, UsageDetails? usage, Prices? prices) => OfPart(characters, usage?.OutputTokenCount, prices, prices?.OutputPerMillion);

    /// <summary>Computes what embedding a text costs.</summary>
    public static decimal OfEmbedding(int characters, decimal perMillion) => characters / CharactersPerToken * perMillion / Million;

    // Where calls are charged and tokens are not, a longer prompt costs no more.
    private static decimal? OfPart(int characters, long? most, Prices? prices, decimal? perMillion) =>
        characters == 0 || prices is { PerCall: not null, InputPerMillion: null } ? 0
        : perMillion * Math.Min(characters / CharactersPerToken, most ?? decimal.MaxValue) / Million;
}
