using System.Text.Json;
using LlmCascade.Calibration;
using Xunit;

namespace LlmCascade.Tests.Calibration;

public sealed class WilsonIntervalTests
{
    [Fact]
    public void Intervals_are_those_of_the_reference()
    {
        var path = Path.Combine(RepositoryRoot.Path, "..", "shared", "spec", "golden", "proportion_bounds.json");
        Assert.SkipUnless(File.Exists(path), "There are no values of the reference beside the repository.");
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        var rows = json.RootElement.GetProperty("rows").EnumerateArray().Where(row => row.GetProperty("delta").GetDouble() == 0.05).ToArray();

        Assert.NotEmpty(rows);
        foreach (var row in rows)
        {
            var interval = WilsonInterval.Of(row.GetProperty("k").GetDouble(), row.GetProperty("n").GetDouble());
            Assert.Equal(row.GetProperty("wilsonLow").GetDouble(), interval.Low, 1e-9);
            Assert.Equal(row.GetProperty("wilsonHigh").GetDouble(), interval.High, 1e-9);
        }
    }

    // Newcombe (1998), table II, method 10: 56/70 against 48/80, 9/10 against 3/10, 10/10 against 0/10.
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    public void Differences_are_those_of_the_paper(int first, int firstTrials, int second, int secondTrials, double low, double high)
    {
        var interval = WilsonInterval.OfDifference(
            (double)first / firstTrials, WilsonInterval.Of(first, firstTrials), (double)second / secondTrials, WilsonInterval.Of(second, secondTrials));

        Assert.Equal(low, interval.Low, 5e-5);
        Assert.Equal(high, interval.High, 5e-5);
    }

    [Fact]
    public void Without_trials_anything_is_possible() => Assert.Equal(new WilsonInterval(0, 1), WilsonInterval.Of(0, 0));
}
