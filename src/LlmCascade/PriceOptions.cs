namespace LlmCascade;

/// <summary>What configuration says calls cost; see <see cref="Prices"/>.</summary>
public sealed class PriceOptions
{
    /// <summary>Gets or sets the price of a million input tokens.</summary>
    public decimal? InputPerMillion { get; set; }

    /// <summary>Gets or sets the price of a million output tokens.</summary>
    public decimal? OutputPerMillion { get; set; }

    /// <summary>Gets or sets the price of a million cached input tokens.</summary>
    public decimal? CachedInputPerMillion { get; set; }

    /// <summary>Gets or sets the price of a call.</summary>
    public decimal? PerCall { get; set; }

    internal Prices ToPrices() => new(InputPerMillion, OutputPerMillion, CachedInputPerMillion, PerCall);
}
