using Microsoft.Extensions.AI;

namespace LlmCascade.Strategies;

/// <summary>Says what a part of a prompt or of an answer costs. Providers count the tokens of the whole, so the part has its share of the characters.</summary>
internal static class PromptShare
{
    private const decimal Million = 1_000_000;

    /// <summary>Computes what a part of a prompt costs.</summary>
    /// <param name="part">The characters of the part.</param>
    /// <param name="request">The whole prompt.</param>
    /// <param name="usage">The tokens of the call.</param>
    /// <param name="prices">Its prices.</param>
    /// <returns><see langword="null"/> where it is unknown.</returns>
    public static decimal? CostOfInput(int part, GenerationRequest request, UsageDetails? usage, Prices? prices) =>
        CostOf(part, request.Messages.Sum(message => message.Text.Length) + (request.Options?.Instructions?.Length ?? 0), usage?.InputTokenCount, prices, prices?.InputPerMillion);

    /// <summary>Computes what a part of an answer costs.</summary>
    /// <param name="part">The characters of the part.</param>
    /// <param name="whole">The characters of the answer.</param>
    /// <param name="usage">The tokens of the call.</param>
    /// <param name="prices">Its prices.</param>
    /// <returns><see langword="null"/> where it is unknown.</returns>
    public static decimal? CostOfOutput(int part, int whole, UsageDetails? usage, Prices? prices) =>
        CostOf(part, whole, usage?.OutputTokenCount, prices, prices?.OutputPerMillion);

    // Where calls are charged and tokens are not, a longer prompt costs no more.
    private static decimal? CostOf(int part, int whole, long? tokens, Prices? prices, decimal? perMillion) =>
        part == 0 || prices is { PerCall: not null, InputPerMillion: null } ? 0
        : perMillion * tokens * part / Math.Max(1, whole) / Million;
}
