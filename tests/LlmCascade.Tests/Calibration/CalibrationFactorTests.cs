using LlmCascade.Calibration;
using Xunit;

namespace LlmCascade.Tests.Calibration;

public sealed class CalibrationFactorTests
{
    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(false, .4, .4)]
    [InlineData(true, 0, 1)]
    [InlineData(true, .4, 1)]
    public void The_target_is_raised_by_the_factor_and_never_above_1(bool isWrong, double factor, double target) =>
        Assert.Equal(target, CalibrationFactor.Target(isWrong, factor));

    [Theory]
    [InlineData(.15, .4118)]
    [InlineData(.30, .2857)]
    [InlineData(.35, .2308)]
    [InlineData(.40, .1667)]
    [InlineData(.45, .0909)]
    public void The_answer_of_least_squared_error_passes_one_half_at_the_published_rate_of_errors(double factor, double error)
    {
        // The mean of the targets is what has the least squared error.
        var answer = (error * CalibrationFactor.Target(true, factor)) + ((1 - error) * CalibrationFactor.Target(false, factor));

        Assert.Equal(.5, answer, 1e-4);
    }
}
