using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class ReplayComparisonTests
{
    private static readonly RecordedStream _stream = Streams.Random(items: 300);

    [Fact]
    public async Task A_difference_is_that_of_the_means_and_lies_within_its_interval()
    {
        var (few, many) = (await RunAsync(right: 150), await RunAsync(right: 240));

        var comparison = Replay.Compare(_stream, few, many);

        Assert.Equal(many.Accuracy - few.Accuracy, comparison.Accuracy.Value, 1e-12);
        Assert.InRange(comparison.Accuracy.Value, comparison.Accuracy.Low, comparison.Accuracy.High);
        Assert.True(comparison.Accuracy.Low > 0);
        Assert.Equal(["no", "yes"], comparison.F1.Keys);
        foreach (var (label, difference) in comparison.F1)
        {
            Assert.Equal(many.PerLabel[label].F1 - few.PerLabel[label].F1, difference.Value, 1e-12);
            Assert.InRange(difference.Value, difference.Low, difference.High);
        }
    }

    [Fact]
    public async Task The_interval_of_few_differences_is_narrower_than_that_of_the_accuracy_itself()
    {
        var (one, other) = (await RunAsync(right: 150), await RunAsync(right: 155));

        var difference = Replay.Compare(_stream, one, other).Accuracy;

        Assert.True(difference.High - difference.Low < (one.Interval.High - one.Interval.Low) / 2);

        // Five items of 300 that differ, all in one direction: the standard deviation of their number is √5.
        Assert.InRange(difference.High - difference.Low, 3 * Math.Sqrt(5) / 300, 5 * Math.Sqrt(5) / 300);
    }

    [Fact]
    public async Task Reports_that_do_not_belong_together_are_refused()
    {
        var (one, two) = (await RunAsync(150), await RunAsync(150, seeds: 2));

        Assert.Throws<ArgumentException>(() => Replay.Compare(_stream, one, two));
        Assert.Throws<ArgumentException>(() => Replay.Compare(Streams.Random(10), one, one));
    }

    // The first items get their right label, the others the wrong one.
    private static Task<ReplayReport> RunAsync(int right, int seeds = 1) => Replay.RunAsync(
        _stream,
        new ReplayOptions(ReplayBudget.Calls(1)) { Seeds = seeds },
        new ScriptedMethod((items, _, _) => new(
            [.. items.Select(item => (item.Index < right) == (_stream.Items[item.Index].Gold == "yes") ? "yes" : "no").Select(label => new ItemOutcome(label, "tier", false, [label]))],
            ["tier"],
            0,
            0,
            0)));
}
