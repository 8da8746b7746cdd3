using LlmCascade.Calibration;
using Xunit;

namespace LlmCascade.Tests.Calibration;

public sealed class RidgeRegressionTests
{
    [Fact]
    public void A_linear_rule_is_found_again()
    {
        var (rows, draws) = (Rows(300, 3, 1), new SplitMix(2));
        double[] targets = [.. rows.Select(row => 4 + (2 * row[0]) - (3 * row[1]) + (0.01 * (draws.NextDouble() - 0.5)))];

        var regression = Fit(rows, targets, isLogistic: false);

        Assert.Equal(3, regression.Inputs);
        Assert.All(Rows(20, 3, 3), row => Assert.Equal(4 + (2 * row[0]) - (3 * row[1]), regression.Predict(row), 0.02));
    }

    // Of one input that is 0 or 1 the most likely probabilities are the shares.
    [Fact]
    public void Probabilities_of_two_groups_are_their_shares()
    {
        double[][] rows = [.. Enumerable.Range(0, 4000).Select(i => new[] { (double)(i % 2) })];
        double[] targets = [.. Enumerable.Range(0, 4000).Select(i => i % 2 == 0 ? (i % 10 < 2 ? 1.0 : 0) : i % 10 < 8 ? 1.0 : 0)];

        var regression = Fit(rows, targets, isLogistic: true);

        Assert.Equal(0.2, regression.Predict([0]), 0.005);
        Assert.Equal(0.8, regression.Predict([1]), 0.005);
    }

    [Fact]
    public void Rows_count_by_their_importance()
    {
        double[][] rows = [[0], [1], [0], [1]];
        double[] targets = [0, 1, 1, 0];

        var regression = RidgeRegression.Fit(rows, targets, [1e6, 1e6, 1, 1], isLogistic: false);

        Assert.True(regression.Predict([0]) < 0.1 && regression.Predict([1]) > 0.9);
    }

    [Fact]
    public void Of_noise_little_is_believed()
    {
        var (rows, draws) = (Rows(200, 20, 4), new SplitMix(5));
        double[] noise = [.. rows.Select(_ => draws.NextDouble() - 0.5)];

        var regression = Fit(rows, noise, isLogistic: false);

        var predictions = Rows(200, 20, 6).Select(row => regression.Predict(row)).ToList();
        Assert.True(predictions.Select(value => value * value).Average() < 0.25 * noise.Select(value => value * value).Average() / 4);
    }

    [Fact]
    public void Inputs_that_never_change_and_rows_that_are_alike_do_no_harm()
    {
        double[][] rows = [.. Enumerable.Repeat(0, 5).Select(_ => new double[] { 7, 7 })];

        Assert.Equal(2, Fit(rows, [1, 2, 3, 2, 2], isLogistic: false).Predict([7, 100]), 1e-6);
        Assert.Equal(0.4, Fit(rows, [0, 1, 0, 1, 0], isLogistic: true).Predict([7, -100]), 1e-6);
        Assert.InRange(Fit(rows, [1, 1, 1, 1, 1], isLogistic: true).Predict([7, 7]), 0.99, 1);
        Assert.Equal(3, Fit([[1, 2]], [3], isLogistic: false).Predict([9, 9]), 1e-6);
    }

    // Groups that a line keeps apart have no most likely weights but for what holds them.
    [Fact]
    public void Groups_that_are_wholly_apart_are_told_apart()
    {
        double[][] rows = [.. Enumerable.Range(-50, 101).Select(i => new[] { i / 10.0 })];
        double[] targets = [.. rows.Select(row => row[0] > 0 ? 1.0 : 0)];

        var regression = Fit(rows, targets, isLogistic: true);

        Assert.True(regression.Predict([-3]) < 0.05 && regression.Predict([3]) > 0.95);
        Assert.InRange(regression.Predict([1e9]), 0.95, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_read_again(bool isLogistic)
    {
        var (rows, draws) = (Rows(50, 4, 7), new SplitMix(8));
        var regression = Fit(rows, [.. rows.Select(row => row[0] > 0.5 ? draws.NextDouble() : 0)], isLogistic);
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            regression.Write(writer);
        }

        stream.Position = 0;
        var same = RidgeRegression.Read(new BinaryReader(stream));

        Assert.All(Rows(20, 4, 9), row => Assert.Equal(regression.Predict(row), same.Predict(row)));
        Assert.Equal(stream.Length, stream.Position);
    }

    [Fact]
    public void What_is_no_regression_is_not_read()
    {
        Assert.Throws<InvalidDataException>(() => RidgeRegression.Read(new BinaryReader(new MemoryStream([1, 0, 0, 0, 0]))));
        Assert.Throws<InvalidDataException>(() => RidgeRegression.Read(new BinaryReader(new MemoryStream([1, 1, 0, 0, 0, .. Enumerable.Repeat((byte)0xFF, 32)]))));
        Assert.Throws<ArgumentException>(() => Fit([[1, 2], [2, 1]], [3, 4], isLogistic: false).Predict([1]));
    }

    private static RidgeRegression Fit(double[][] rows, double[] targets, bool isLogistic) =>
        RidgeRegression.Fit(rows, targets, [.. Enumerable.Repeat(1.0, rows.Length)], isLogistic);

    private static double[][] Rows(int count, int inputs, ulong seed)
    {
        var draws = new SplitMix(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, inputs).Select(_ => draws.NextDouble()).ToArray())];
    }
}
