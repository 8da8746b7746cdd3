using LlmCascade.Calibration;
using Xunit;

namespace LlmCascade.Tests.Calibration;

public sealed class CholeskyTests
{
    // 4 x + 2 y = 10 and 2 x + 3 y = 9; the inverse is ((3, -2), (-2, 4)) / 8.
    [Fact]
    public void A_system_is_solved_from_the_lower_half()
    {
        var factor = Cholesky.Of(new double[,] { { 4, double.NaN }, { 2, 3 } });

        Assert.Equal([1.5, 2], factor.Solve([10, 9]), (one, other) => Math.Abs(one - other) < 1e-12);
    }

    [Fact]
    public void The_trace_of_the_inverse_times_another_matrix_is_found()
    {
        var factor = Cholesky.Of(new double[,] { { 4, 0 }, { 2, 3 } });

        Assert.Equal(2, factor.TraceOfSolved(new double[,] { { 4, 0 }, { 2, 3 } }), 1e-12);
        Assert.Equal(7.0 / 8, factor.TraceOfSolved(new double[,] { { 1, 0 }, { 0, 1 } }), 1e-12);
    }
}
