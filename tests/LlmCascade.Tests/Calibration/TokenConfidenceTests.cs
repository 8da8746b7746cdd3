using CsCheck;
using LlmCascade.Calibration;
using Xunit;

namespace LlmCascade.Tests.Calibration;

public sealed class TokenConfidenceTests
{
    // Log-probabilities as models give them, impossible and certain tokens included.
    private static readonly Gen<double> _logProbability = Gen.Frequency(
        (8, Gen.Double[-3, 0]),
        (2, Gen.Double[-40, 0]),
        (1, Gen.Const(0.0)),
        (1, Gen.Const(-9999.0)),
        (1, Gen.Const(double.NegativeInfinity)));

    private static readonly Gen<TokenConfidence> _measure = Gen.OneOf(
        Gen.Const(TokenConfidence.Mean),
        Gen.Const(TokenConfidence.Minimum),
        Gen.Const(TokenConfidence.Sum),
        Gen.Double[0, 1].Select(TokenConfidence.Quantile));

    [Fact]
    public void The_published_example_gives_its_published_values()
    {
        var tokens = Tokens(-.05, -.2, -1.2, -.01);

        Assert.Equal(0.69420, TokenConfidence.Mean.Measure(tokens).Value, 5);
        Assert.Equal(0.30119, TokenConfidence.Minimum.Measure(tokens).Value, 5);
        Assert.Equal(0.23224, TokenConfidence.Sum.Measure(tokens).Value, 5);
    }

    // numpy.exp(numpy.quantile([-.05, -.2, -1.2, -.01], q))
    [Theory]
    [InlineData(0, 0.3011942119)]
    [InlineData(0.1, 0.4065696597)]
    [InlineData(0.25, 0.6376281516)]
    [InlineData(0.5, 0.8824969026)]
    [InlineData(0.9, 0.9782402351)]
    [InlineData(1, 0.9900498337)]
    public void A_quantile_is_interpolated_between_its_neighbours(double probability, double expected) =>
        Assert.Equal(expected, TokenConfidence.Quantile(probability).Measure(Tokens(-.05, -.2, -1.2, -.01)).Value, 9);

    [Fact]
    public void A_confidence_is_measured_and_says_from_how_many_tokens()
    {
        var confidence = TokenConfidence.Mean.Measure(Tokens(-.05, -.2, -1.2));

        Assert.Equal(ConfidenceSource.Measured, confidence.Source);
        Assert.Equal(3, confidence.SampleCount);
    }

    [Fact]
    public void Without_tokens_there_is_no_confidence()
    {
        Assert.Equal(Confidence.None, TokenConfidence.Mean.Measure([]));
        Assert.Equal(Confidence.None, TokenConfidence.Minimum.Measure([]));
        Assert.Equal(Confidence.None, TokenConfidence.Sum.Measure([]));
        Assert.Equal(Confidence.None, TokenConfidence.Quantile(0.5).Measure([]));
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_quantile_outside_0_to_1_is_refused(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenConfidence.Quantile(probability));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(0.4)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_logarithm_of_a_probability_is_refused(double value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenLogProbability("Paris", value));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenLogProbability("Paris", -1) with { LogProbability = value });
    }

    [Fact]
    public void A_logarithm_that_rounding_put_above_0_counts_as_0() =>
        Assert.Equal(0, new TokenLogProbability("Paris", 1e-7).LogProbability);

    [Fact]
    public void The_quantile_at_0_is_the_minimum() => Answers.Sample(answer =>
        Assert.Equal(TokenConfidence.Minimum.Measure(answer), TokenConfidence.Quantile(0).Measure(answer)));

    [Fact]
    public void Minimum_quantiles_and_maximum_stand_in_their_order() => Answers.Sample(answer =>
    {
        double[] values = [.. new[] { 0, 0.1, 0.5, 0.9, 1 }.Select(each => TokenConfidence.Quantile(each).Measure(answer).Value)];
        Assert.Equal(values.Order(), values);
        Assert.InRange(TokenConfidence.Mean.Measure(answer).Value, values[0], values[^1] + 1e-12);
    });

    [Fact]
    public void No_continuation_within_the_limit_gets_beyond_what_was_said_to_be_reachable() =>
        Gen.Select(_measure, Answers, Gen.Int[0, 60], Gen.Int[0, 60]).Sample((measure, answer, cut, room) =>
        {
            cut = Math.Min(cut, answer.Count);
            var reachable = measure.Reachable(answer.Take(cut), answer.Count + room);
            Assert.InRange(measure.Measure(answer).Value, reachable.Minimum, reachable.Maximum);
        });

    [Fact]
    public void What_is_reachable_is_reached_when_every_token_to_come_is_certain() =>
        Gen.Select(_measure, Answers, Gen.Int[0, 60]).Sample((measure, answer, room) =>
        {
            var best = answer.Concat(Enumerable.Repeat(new TokenLogProbability("!", 0), room));
            Assert.Equal(measure.Measure(best).Value, measure.Reachable(answer, answer.Count + room).Maximum, 9);
        });

    [Fact]
    public void Without_a_limit_only_the_minimum_and_the_sum_are_bounded()
    {
        var tokens = Tokens(-2, -0.1);

        Assert.Equal(Math.Exp(-2), TokenConfidence.Minimum.Reachable(tokens, null).Maximum, 9);
        Assert.Equal(Math.Exp(-2.1), TokenConfidence.Sum.Reachable(tokens, null).Maximum, 9);
        Assert.Equal(1, TokenConfidence.Mean.Reachable(tokens, null).Maximum);
        Assert.Equal(1, TokenConfidence.Quantile(0.5).Reachable(tokens, null).Maximum);
    }

    [Fact]
    public void A_limit_that_the_answer_has_passed_bounds_nothing() =>
        Assert.Equal(1, TokenConfidence.Mean.Reachable(Tokens(-2, -2, -2), 2).Maximum);

    [Fact]
    public void A_limit_makes_no_difference_to_the_sum() => Gen.Select(Answers, Gen.Long[1, 100]).Sample((answer, limit) =>
        Assert.Equal(TokenConfidence.Sum.Reachable(answer, null), TokenConfidence.Sum.Reachable(answer, limit)));

    [Fact]
    public void The_sum_falls_with_every_token_that_is_not_certain() => Answers.Sample(answer =>
    {
        double[] values = [.. Enumerable.Range(1, answer.Count).Select(count => TokenConfidence.Sum.Measure(answer.Take(count)).Value)];
        Assert.Equal(values.OrderDescending(), values);
        Assert.True(values[^1] <= TokenConfidence.Minimum.Measure(answer).Value);
    });

    [Fact]
    public void A_sum_that_is_smaller_than_any_number_is_the_confidence_0()
    {
        var tokens = Enumerable.Repeat(new TokenLogProbability("x", -4), 200).ToList();

        Assert.Equal(Confidence.Measured(0, 200), TokenConfidence.Sum.Measure(tokens));
        Assert.Equal(new ConfidenceRange(0, 0), TokenConfidence.Sum.Reachable(tokens, null));
    }

    [Fact]
    public void A_measure_tells_its_name() => Assert.Equal(
        ["token-mean", "token-sum", "token-minimum", "token-quantile-0.1"],
        [.. new[] { TokenConfidence.Mean, TokenConfidence.Sum, TokenConfidence.Minimum, TokenConfidence.Quantile(0.1) }.Select(each => $"{each}")]);

    [Fact]
    public void Before_the_first_token_everything_is_reachable()
    {
        Assert.Equal(new ConfidenceRange(0, 1), TokenConfidence.Minimum.Reachable([], 10));
        Assert.Equal(new ConfidenceRange(0, 1), TokenConfidence.Mean.Reachable([], 10));
        Assert.Equal(new ConfidenceRange(0, 1), TokenConfidence.Sum.Reachable([], 10));
    }

    private static Gen<List<TokenLogProbability>> Answers =>
        _logProbability.List[1, 60].Select(values => Tokens([.. values]));

    private static List<TokenLogProbability> Tokens(params double[] logProbabilities) =>
        [.. logProbabilities.Select(each => new TokenLogProbability("x", each))];
}
