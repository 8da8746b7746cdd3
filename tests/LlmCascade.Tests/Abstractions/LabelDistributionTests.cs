using System.Collections.Immutable;
using Xunit;

namespace LlmCascade.Tests.Abstractions;

public sealed class LabelDistributionTests
{
    private static readonly LabelSpace _space = new("yes", "no", "maybe");

    [Fact]
    public void The_best_label_is_the_most_probable_one()
    {
        var distribution = new LabelDistribution(_space, 0.2, 0.7, 0.1);

        Assert.Equal("no", distribution.Best);
        Assert.Same(_space, distribution.Space);
        Assert.Equal([0.2, 0.7, 0.1], distribution.Probabilities);
    }

    [Fact]
    public void Of_several_equal_labels_the_first_is_the_best() =>
        Assert.Equal("no", new LabelDistribution(_space, 0.2, 0.4, 0.4).Best);

    [Fact]
    public void Certainty_is_a_distribution_too() => Assert.Equal("maybe", new LabelDistribution(_space, 0, 0, 1).Best);

    [Fact]
    public void The_rounding_of_single_precision_is_forgiven()
    {
        Assert.Equal("yes", new LabelDistribution(_space, 0.50009, 0.25, 0.25).Best);
        Assert.Equal("yes", new LabelDistribution(_space, 0.49991, 0.25, 0.25).Best);
    }

    [Theory]
    [InlineData(0.5002, 0.25, 0.25)]
    [InlineData(0.4998, 0.25, 0.25)]
    [InlineData(1.2, -0.1, -0.1)]
    [InlineData(double.NaN, 0.5, 0.5)]
    [InlineData(0, 0, 0)]
    public void What_is_no_distribution_is_refused(double yes, double no, double maybe) =>
        Assert.Throws<ArgumentException>("probabilities", () => new LabelDistribution(_space, yes, no, maybe));

    [Fact]
    public void Probabilities_and_labels_are_equally_many()
    {
        Assert.Throws<ArgumentException>("probabilities", () => new LabelDistribution(_space, 0.5, 0.5));
        Assert.Throws<ArgumentException>("probabilities", () => new LabelDistribution(_space, 0.5, 0.3, 0.1, 0.1));
        Assert.Throws<ArgumentException>("probabilities", () => new LabelDistribution(_space, default(ImmutableArray<double>)));
        Assert.Throws<ArgumentNullException>("space", () => new LabelDistribution(null!, 0.5, 0.5));
    }
}
