using CsCheck;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Abstractions;

public sealed class PricesTests
{
    // Whole tenths of a cent, so that no decimal is ever rounded.
    private static readonly Gen<decimal> _price = Gen.Int[0, 100_000].Select(tenths => tenths / 1000m);

    private static readonly Gen<Prices> _prices = Gen.Select(_price, _price, _price.Nullable(), _price.Nullable())
        .Select((input, output, cached, perCall) => new Prices(input, output, cached, perCall));

    private static readonly Gen<UsageDetails> _usage =
        from input in Gen.Long[0, 1_000_000]
        from cached in Gen.Long[0, input].Nullable()
        from output in Gen.Long[0, 1_000_000]
        select Usage(input, output, cached);

    [Fact]
    public void Tokens_cost_their_price_per_million() =>
        Assert.Equal(0.0105m, new Prices(inputPerMillion: 2.5m, outputPerMillion: 10).CostOf(Usage(1000, 800)));

    [Fact]
    public void A_call_costs_its_own_price_beside_that_of_its_tokens() =>
        Assert.Equal(3.01m, new Prices(1, 2, perCall: 0.01m).CostOf(Usage(1_000_000, 1_000_000)));

    [Fact]
    public void Cached_tokens_are_a_part_of_the_input_and_have_their_own_price() =>
        Assert.Equal(0.00068m, new Prices(1, 2, cachedInputPerMillion: 0.1m).CostOf(Usage(1000, 20, cached: 400)));

    [Fact]
    public void Cached_tokens_cost_what_input_costs_when_nothing_else_is_said() =>
        Assert.Equal(0.001m, new Prices(1, 2).CostOf(Usage(1000, 0, cached: 400)));

    [Fact]
    public void More_cached_tokens_than_input_tokens_count_as_all_of_the_input() =>
        Assert.Equal(0.0001m, new Prices(1, 2, cachedInputPerMillion: 0.1m).CostOf(Usage(1000, 0, cached: 5000)));

    [Fact]
    public void Other_counts_do_not_matter() =>
        Assert.Equal(0.001m, new Prices(1, 0).CostOf(new UsageDetails
        {
            InputTokenCount = 1000,
            OutputTokenCount = 50,
            ReasoningTokenCount = 40,
            TotalTokenCount = 1050,
            AdditionalCounts = new() { ["input"] = 7 },
        }));

    [Fact]
    public void An_unknown_number_of_tokens_makes_an_unknown_cost()
    {
        var prices = new Prices(1, 2, perCall: 3);

        Assert.Null(prices.CostOf(null));
        Assert.Null(prices.CostOf(new UsageDetails()));
        Assert.Null(prices.CostOf(new UsageDetails { InputTokenCount = 5 }));
        Assert.Null(prices.CostOf(new UsageDetails { OutputTokenCount = 5 }));
        Assert.Null(prices.CostOf(new UsageDetails { TotalTokenCount = 5 }));
    }

    [Fact]
    public void Where_only_calls_are_charged_the_cost_is_known_without_tokens()
    {
        var prices = new Prices(perCall: 0.02m);

        Assert.Equal(0.02m, prices.CostOf(null));
        Assert.Equal(0.02m, prices.CostOf(Usage(1000, 1000)));
    }

    [Fact]
    public void What_is_free_costs_nothing_and_is_not_unknown() =>
        Assert.Equal(0, new Prices(0, 0).CostOf(Usage(1000, 1000)));

    [Fact]
    public void Negative_prices_are_refused_by_name()
    {
        Assert.Throws<ArgumentOutOfRangeException>("inputPerMillion", () => new Prices(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("outputPerMillion", () => new Prices(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>("cachedInputPerMillion", () => new Prices(1, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>("perCall", () => new Prices(1, 1, 1, -1));
    }

    [Fact]
    public void Prices_that_are_given_by_halves_or_not_at_all_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Prices());
        Assert.Throws<ArgumentException>(() => new Prices(inputPerMillion: 1));
        Assert.Throws<ArgumentException>(() => new Prices(outputPerMillion: 1, perCall: 1));
        Assert.Throws<ArgumentException>(() => new Prices(cachedInputPerMillion: 1));
        Assert.Throws<ArgumentException>(() => new Prices(cachedInputPerMillion: 1, perCall: 1));
    }

    [Fact]
    public void The_cost_of_two_calls_is_that_of_their_tokens_together_and_of_one_call_more() =>
        Gen.Select(_prices, _usage, _usage).Sample((prices, first, second) =>
            prices.CostOf(first) + prices.CostOf(second) == prices.CostOf(Sum(first, second)) + (prices.PerCall ?? 0));

    [Fact]
    public void More_tokens_never_cost_less() =>
        Gen.Select(_prices, _usage, _usage).Sample((prices, usage, more) =>
            prices.CostOf(Sum(usage, more)) >= prices.CostOf(usage));

    [Fact]
    public void Higher_prices_never_cost_less() =>
        Gen.Select(_prices, _usage, _price).Sample((prices, usage, rise) =>
        {
            var (input, output) = (prices.InputPerMillion!.Value, prices.OutputPerMillion!.Value);
            var (cached, perCall) = (prices.CachedInputPerMillion, prices.PerCall);
            var cost = prices.CostOf(usage);
            return new Prices(input + rise, output, cached, perCall).CostOf(usage) >= cost
                && new Prices(input, output + rise, cached, perCall).CostOf(usage) >= cost
                && new Prices(input, output, (cached ?? input) + rise, perCall).CostOf(usage) >= cost
                && new Prices(input, output, cached, (perCall ?? 0) + rise).CostOf(usage) >= cost;
        });

    [Fact]
    public void The_cache_never_makes_a_call_dearer_when_reading_it_is_not_dearer_than_input() =>
        Gen.Select(_price, _price, _price, _usage).Sample((one, other, output, usage) =>
        {
            var (cached, input) = (Math.Min(one, other), Math.Max(one, other));
            return new Prices(input, output, cached).CostOf(usage) <= new Prices(input, output).CostOf(usage);
        });

    private static UsageDetails Usage(long input, long output, long? cached = null) =>
        new() { InputTokenCount = input, OutputTokenCount = output, CachedInputTokenCount = cached };

    private static UsageDetails Sum(UsageDetails first, UsageDetails second)
    {
        var sum = new UsageDetails();
        sum.Add(first);
        sum.Add(second);
        return sum;
    }
}
