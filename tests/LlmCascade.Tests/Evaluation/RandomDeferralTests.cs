using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class RandomDeferralTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(199)]
    [InlineData(200)]
    public async Task The_budget_is_spent_to_the_last_call(int budget)
    {
        var report = await Replay.RunAsync(Streams.Random(200), new(ReplayBudget.Calls(budget)) { Method = ReplayMethod.Random });

        Assert.Equal(budget, report.ExpertCalls);
        Assert.Equal(200 - budget, report.Tiers[0].Answered);
    }

    [Fact]
    public async Task With_a_call_for_every_item_it_is_the_expert()
    {
        var stream = Streams.Random(200);

        var report = await Replay.RunAsync(stream, new(ReplayBudget.Share(1)) { Method = ReplayMethod.Random });

        Assert.Equal(stream.ExpertAccuracy, report.Accuracy);
    }

    [Fact]
    public async Task It_answers_with_the_most_frequent_label_and_comes_to_what_is_expected_at_equal_calls()
    {
        var report = await Replay.RunAsync(Streams.Random(3000), new(ReplayBudget.Share(0.3m)) { Method = ReplayMethod.Random, Seeds = 5 });

        Assert.InRange(report.Baselines.AlwaysStudent, 0.63, 0.70);
        Assert.Equal(report.Baselines.RandomAtEqualCalls, report.Accuracy, 0.01);
    }

    [Fact]
    public async Task An_expert_that_is_never_parsed_teaches_nothing_and_nothing_is_guessed()
    {
        var stream = new RecordedStream([new("a", "yes", null), new("b", "no", null), new("c", "yes", null)]);

        var report = await Replay.RunAsync(stream, new(ReplayBudget.Calls(2)) { Method = ReplayMethod.Random });

        Assert.Equal((2.0, 0.0), (report.ExpertCalls, report.Accuracy));
    }
}
