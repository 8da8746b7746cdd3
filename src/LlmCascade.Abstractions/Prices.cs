using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>What the calls of a generator cost.</summary>
/// <remarks>All prices of one cascade are in one currency, of the host's choice; nothing is converted. What is unknown stays unknown and never counts as zero.</remarks>
public sealed record Prices
{
    private const decimal Million = 1_000_000m;

    /// <summary>Initializes prices.</summary>
    /// <param name="inputPerMillion">The price of a million input tokens; given together with <paramref name="outputPerMillion"/> or not at all.</param>
    /// <param name="outputPerMillion">The price of a million output tokens.</param>
    /// <param name="cachedInputPerMillion">The price of a million input tokens read from the provider's cache; the input price by default.</param>
    /// <param name="perCall">The price of a call, added to that of its tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">A price is negative.</exception>
    /// <exception cref="ArgumentException">Only one of input and output is given, or nothing at all.</exception>
    public Prices(
        decimal? inputPerMillion = null,
        decimal? outputPerMillion = null,
        decimal? cachedInputPerMillion = null,
        decimal? perCall = null)
    {
        ThrowIfNegative(inputPerMillion, nameof(inputPerMillion));
        ThrowIfNegative(outputPerMillion, nameof(outputPerMillion));
        ThrowIfNegative(cachedInputPerMillion, nameof(cachedInputPerMillion));
        ThrowIfNegative(perCall, nameof(perCall));
        if (inputPerMillion.HasValue != outputPerMillion.HasValue)
        {
            throw new ArgumentException("Give the prices of input and output tokens together; a cost from only one of them would be wrong.");
        }

        if (inputPerMillion is null && perCall is null)
        {
            throw new ArgumentException("Give the prices of input and output tokens, or a price per call, or both.");
        }

        if (inputPerMillion is null && cachedInputPerMillion is not null)
        {
            throw new ArgumentException("A price of cached input tokens needs the prices of input and output tokens beside it.");
        }

        InputPerMillion = inputPerMillion;
        OutputPerMillion = outputPerMillion;
        CachedInputPerMillion = cachedInputPerMillion;
        PerCall = perCall;
    }

    /// <summary>Gets the price of a million input tokens, or <see langword="null"/> when tokens are not charged.</summary>
    public decimal? InputPerMillion { get; }

    /// <summary>Gets the price of a million output tokens, or <see langword="null"/> when tokens are not charged.</summary>
    public decimal? OutputPerMillion { get; }

    /// <summary>Gets the price of a million cached input tokens, or <see langword="null"/> when they cost what input costs.</summary>
    public decimal? CachedInputPerMillion { get; }

    /// <summary>Gets the price of a call, or <see langword="null"/> when calls as such are free.</summary>
    public decimal? PerCall { get; }

    /// <summary>Computes what one call costs.</summary>
    /// <param name="usage">The tokens of the call. Cached input tokens are a part of its input tokens.</param>
    /// <returns>The cost, or <see langword="null"/> when tokens are charged and their number is unknown.</returns>
    public decimal? CostOf(UsageDetails? usage)
    {
        var cost = PerCall ?? 0;
        if (InputPerMillion is not { } inputPrice || OutputPerMillion is not { } outputPrice)
        {
            return cost;
        }

        if (usage?.InputTokenCount is not { } input || usage.OutputTokenCount is not { } output)
        {
            return null;
        }

        var cached = Math.Clamp(usage.CachedInputTokenCount ?? 0, 0, Math.Max(input, 0));
        var millionfold = ((input - cached) * inputPrice)
            + (cached * (CachedInputPerMillion ?? inputPrice))
            + (output * outputPrice);
        return cost + (millionfold / Million);
    }

    private static void ThrowIfNegative(decimal? price, string name)
    {
        if (price < 0)
        {
            throw new ArgumentOutOfRangeException(name, price, "A price is not negative.");
        }
    }
}
