using LlmCascade.Calibration;
using LlmCascade.Evaluation.Measuring;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class BootstrapTests
{
    [Fact]
    public void About_95_of_100_intervals_hold_the_true_accuracy()
    {
        const int Samples = 200;
        var draws = new SplitMix(2026);
        var covered = 0;
        for (ulong i = 0; i < Samples; i++)
        {
            var right = new int[250];
            for (var j = 0; j < right.Length; j++)
            {
                right[j] = draws.Below(10) < 7 ? 1 : 0;
            }

            var interval = Bootstrap.Interval(right, 1, i);
            covered += interval.Low <= 0.7 && interval.High >= 0.7 ? 1 : 0;
        }

        Assert.InRange(covered, 0.91 * Samples, 0.985 * Samples);
    }

    [Fact]
    public void The_width_is_that_of_the_normal_approximation()
    {
        var right = Enumerable.Range(0, 1000).Select(i => i % 5 == 0 ? 0 : 1).ToArray();

        var interval = Bootstrap.Interval(right, 1, 0);

        var half = 1.96 * Math.Sqrt(0.8 * 0.2 / 1000);
        Assert.Equal(0.8 - half, interval.Low, 0.003);
        Assert.Equal(0.8 + half, interval.High, 0.003);
    }

    [Fact]
    public void Equal_seeds_give_equal_intervals() =>
        Assert.Equal(Bootstrap.Interval([0, 1, 1, 0, 1, 1, 1], 1, 5), Bootstrap.Interval([0, 1, 1, 0, 1, 1, 1], 1, 5));

    [Fact]
    public void The_interval_of_several_runs_is_that_of_their_mean() =>
        Assert.Equal(new(0.5, 0.5), Bootstrap.Interval([1, 1, 1, 1], 2, 0));
}
