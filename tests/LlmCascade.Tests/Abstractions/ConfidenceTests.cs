using System.Globalization;
using Xunit;

namespace LlmCascade.Tests.Abstractions;

public sealed class ConfidenceTests
{
    [Fact]
    public void Nothing_is_known_by_default()
    {
        Assert.Equal(Confidence.None, default);
        Assert.False(Confidence.None.HasValue);
        Assert.Equal(ConfidenceSource.None, Confidence.None.Source);
        Assert.Equal(0, Confidence.None.SampleCount);
    }

    [Fact]
    public void Absent_confidence_is_no_number() =>
        Assert.Throws<InvalidOperationException>(() => Confidence.None.Value);

    [Fact]
    public void A_confidence_of_zero_is_not_absent()
    {
        Assert.True(Confidence.Measured(0).HasValue);
        Assert.Equal(0, Confidence.Measured(0).Value);
        Assert.NotEqual(Confidence.None, Confidence.Measured(0));
    }

    [Fact]
    public void A_confidence_says_where_it_comes_from_and_from_how_many_samples()
    {
        var measured = Confidence.Measured(1, sampleCount: 5);

        Assert.Equal((1, ConfidenceSource.Measured, 5), (measured.Value, measured.Source, measured.SampleCount));
        Assert.Equal(ConfidenceSource.SelfReported, Confidence.SelfReported(0.5).Source);
        Assert.Equal(ConfidenceSource.Proxy, Confidence.Proxy(0.5).Source);
        Assert.Equal(1, Confidence.Proxy(0.5).SampleCount);
    }

    [Fact]
    public void Confidences_are_equal_when_value_source_and_samples_are()
    {
        Assert.Equal(Confidence.Measured(0.5, 3), Confidence.Measured(0.5, 3));
        Assert.NotEqual(Confidence.Measured(0.5, 3), Confidence.Measured(0.5, 4));
        Assert.NotEqual(Confidence.Measured(0.5), Confidence.SelfReported(0.5));
        Assert.NotEqual(Confidence.Measured(0.5), Confidence.Measured(0.6));
    }

    [Theory]
    [InlineData(-0.001)]
    [InlineData(1.001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_share_is_refused(double value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Confidence.Measured(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => Confidence.SelfReported(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => Confidence.Proxy(value));
    }

    [Fact]
    public void A_confidence_rests_on_at_least_one_sample() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Confidence.Measured(0.5, sampleCount: 0));

    [Fact]
    public void A_confidence_reads_the_same_in_every_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");

            Assert.Equal("0.667 (SelfReported)", Confidence.SelfReported(2 / 3.0).ToString());
            Assert.Equal("none", Confidence.None.ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
