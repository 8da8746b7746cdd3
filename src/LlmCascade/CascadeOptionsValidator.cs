using LlmCascade.Escalation;
using Microsoft.Extensions.Options;

namespace LlmCascade;

/// <summary>Checks the ranges of the cascade's own numbers.</summary>
[OptionsValidator]
internal sealed partial class CascadeOptionsRanges : IValidateOptions<CascadeOptions>;

/// <summary>Checks the ranges of a tier's numbers.</summary>
[OptionsValidator]
internal sealed partial class TierOptionsRanges : IValidateOptions<TierOptions>;

/// <summary>Checks all values of the options, and those that must fit together.</summary>
internal sealed class CascadeOptionsValidator : IValidateOptions<CascadeOptions>
{
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(1);

    private readonly CascadeOptionsRanges _ranges = new();
    private readonly TierOptionsRanges _tierRanges = new();

    public ValidateOptionsResult Validate(string? name, CascadeOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_ranges.Validate(name, options));
        AddModeError(result, options.Mode);
        AddTimeError(result, nameof(options.Timeout), options.Timeout);
        AddTimeError(result, nameof(options.GraceTime), options.GraceTime);
        AddTimeError(result, nameof(options.RestTime), options.RestTime);
        AddTimeError(result, "Expert:Timeout", options.Expert.Timeout);
        AddPriceError(result, "Expert", options.Expert.Prices);
        AddTextError(result, "Expert:Model", options.Expert.Model);
        foreach (var (tier, values) in options.Tiers)
        {
            var path = $"Tiers:{tier}";
            if (_tierRanges.Validate(name, values) is { Failed: true } ranges)
            {
                result.AddError($"{path}: {ranges.FailureMessage}");
            }

            if ((values.Confidence == ConfidenceKind.TokenQuantile) != values.ConfidenceQuantile.HasValue)
            {
                result.AddError($"{path}: Confidence TokenQuantile and ConfidenceQuantile are given together or not at all; the quantile lies from 0 to 1.");
            }

            AddTimeError(result, $"{path}:Timeout", values.Timeout);
            AddPriceError(result, path, values.Prices);
            AddTextError(result, $"{path}:Client", values.Client);
            AddTextError(result, $"{path}:Model", values.Model);
        }

        return result.Build();
    }

    private static void AddModeError(ValidateOptionsResultBuilder result, CascadeMode mode)
    {
        try
        {
            Limits.Known(mode);
        }
        catch (ArgumentOutOfRangeException e)
        {
            result.AddError($"Mode: {e.Message}");
        }
    }

    private static void AddTimeError(ValidateOptionsResultBuilder result, string path, TimeSpan? time)
    {
        if (time < _shortest || time > Limits.Longest)
        {
            result.AddError($"{path}: {time} is outside the range from a millisecond to 24 days.");
        }
    }

    private static void AddTextError(ValidateOptionsResultBuilder result, string path, string? text)
    {
        if (text is not null && string.IsNullOrWhiteSpace(text))
        {
            result.AddError($"{path}: the text is empty. Give one, or leave the entry out.");
        }
    }

    private static void AddPriceError(ValidateOptionsResultBuilder result, string path, PriceOptions? prices)
    {
        try
        {
            _ = prices?.ToPrices();
        }
        catch (ArgumentException e)
        {
            result.AddError($"{path}:Prices: {e.Message}");
        }
    }
}
