using CsCheck;
using LlmCascade.Students;
using Xunit;

namespace LlmCascade.Tests.Students;

public sealed class StableMathTests
{
    [Fact]
    public void The_exponential_is_that_of_the_runtime() =>
        Gen.Double[-690, 690].Sample(x => Math.Abs((StableMath.Exp(x) / Math.Exp(x)) - 1) < 1e-14);

    [Fact]
    public void The_logarithm_is_that_of_the_runtime() =>
        Gen.Double[-600, 600].Select(Math.Exp).Sample(x =>
            Math.Abs(StableMath.Log(x) - Math.Log(x)) <= 1e-14 * Math.Max(1, Math.Abs(Math.Log(x))));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1000, 0)]
    [InlineData(double.NegativeInfinity, 0)]
    public void The_exponential_has_its_limits(double x, double expected) => Assert.Equal(expected, StableMath.Exp(x));

    [Fact]
    public void Softmax_neither_overflows_nor_loses_anything()
    {
        double[] scores = [1000, 1000 + Math.Log(3), -1000];

        StableMath.Softmax(scores);

        Assert.Equal([0.25, 0.75, 0], scores, (expected, actual) => Math.Abs(expected - actual) < 1e-12);
    }

    // The bits themselves, not only close values: this is what repeats on every machine.
    [Fact]
    public void Values_are_the_same_to_the_last_bit()
    {
        Assert.Equal(4614921088609920645, BitConverter.DoubleToInt64Bits(StableMath.Exp(1.2345)));
        Assert.Equal(4596758063917102224, BitConverter.DoubleToInt64Bits(StableMath.Log(1.2345)));
    }
}
