using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class MeasuresTests
{
    // Ten items computed by hand. Where the expert is not called, the answering tier's label is the answer.
    private static readonly (string Gold, string? Expert, string By, string A, string B)[] _items =
    [
        ("yes", "yes", "expert", "yes", "yes"),
        ("yes", "no", "expert", "yes", "yes"),
        ("no", "no", "a", "no", "no"),
        ("no", null, "expert", "no", "no"),
        ("yes", "yes", "a", "yes", "yes"),
        ("no", "no", "b", "yes", "no"),
        ("no", "yes", "a", "yes", "yes"),
        ("yes", "yes", "b", "no", "no"),
        ("yes", null, "b", "no", "yes"),
        ("no", "no", "b", "yes", "no"),
    ];

    [Fact]
    public async Task The_measures_of_a_run_are_those_computed_by_hand()
    {
        var report = await RunAsync();

        Assert.Equal((10, 3, 3.0, 0.6), (report.Items, report.Budget, report.ExpertCalls, report.Accuracy));
        Assert.Equal(["no", "yes"], report.PerLabel.Keys);
        Assert.Equal(new(3 / 4.0, 3 / 5.0, 6 / 9.0), report.PerLabel["yes"]);
        Assert.Equal(new(3 / 5.0, 3 / 5.0, 6 / 10.0), report.PerLabel["no"]);
        Assert.Equal(0.6, report.ExpertAccuracy);
        Assert.Equal([new("a", 3, 2 / 3.0, 1, 0.5), new("b", 4, 3 / 4.0, 2 / 3.0, 0.8)], report.Tiers);
        Assert.Equal((0.3 * 0.5) + (0.4 * 0.8) + (0.3 * 0.6), report.ShareWeightedMean, 12);
        Assert.Equal((0.6, 0.8), (report.Baselines.AlwaysExpert, report.Baselines.AlwaysStudent));
        Assert.Equal((0.3 * 0.6) + (0.7 * 0.8), report.Baselines.RandomAtEqualCalls, 12);

        // Eight items some tier labels right; of the other two the expert labels one right.
        Assert.Equal(0.9, report.Baselines.Oracle);
    }

    [Fact]
    public async Task Costs_hold_training_and_the_break_even_is_that_of_the_formula()
    {
        var cost = (await RunAsync()).Cost;

        Assert.Equal((1182, 3 * 1182, 12, 7, (3 * 1182) + 12 + 7, 10 * 1182), (cost.PerCall, cost.Expert, cost.Inference, cost.Training, cost.Total, cost.AlwaysExpert));
        Assert.Equal(0.7 * 1182 / (3 - (2 * 0.7)), cost.BreakEven, 9);
    }

    [Fact]
    public async Task With_half_of_the_items_kept_the_break_even_is_a_quarter_of_the_expert()
    {
        var stream = new RecordedStream([new("a", "yes", "yes"), new("b", "no", "no")]);
        var method = new ScriptedMethod((items, expert, _) => new(
            [new(expert.Look(items[0]), ReplayRun.Expert, true, [null]), new("no", "tier", false, ["no"])], ["tier"], 0, 0, 0));

        var report = await Replay.RunAsync(stream, new(ReplayBudget.Calls(1)) { ExpertCost = 70 }, method);

        Assert.Equal(17.5, report.Cost.BreakEven);
    }

    [Fact]
    public async Task The_oracle_has_no_more_calls_than_the_run()
    {
        var stream = new RecordedStream([.. Enumerable.Range(0, 10).Select(i => new RecordedItem($"{i}", i < 5 ? "no" : "yes", i < 5 ? "no" : "yes"))]);
        var method = new ScriptedMethod((items, expert, _) => new(
            [
                .. items.Select(item => item.Index < 2
                    ? new ItemOutcome(expert.Look(item), ReplayRun.Expert, true, ["no"])
                    : new ItemOutcome("no", "tier", false, ["no"])),
            ],
            ["tier"],
            0,
            0,
            0));

        Assert.Equal(0.7, (await Replay.RunAsync(stream, new(ReplayBudget.Calls(2)), method)).Baselines.Oracle);
    }

    [Fact]
    public async Task A_tier_that_never_answers_has_no_accuracy_and_a_label_that_is_never_given_scores_nothing()
    {
        var stream = new RecordedStream([new("a", "yes", "yes"), new("b", "no", null)]);
        var method = new ScriptedMethod((items, _, _) => new(
            [.. items.Select(_ => new ItemOutcome("yes", "first", false, ["yes", null]))], ["first", "second"], 0, 0, 0));

        var report = await Replay.RunAsync(stream, new(ReplayBudget.Calls(1)), method);

        Assert.Equal(new TierScore("second", 0, null, null, 0), report.Tiers[1]);
        Assert.Equal(new LabelScore(0, 0, 0), report.PerLabel["no"]);
    }

    [Theory]
    [InlineData(false, "expert", "yes", "the expert was paid")]
    [InlineData(false, "tier", "no", "hides a call")]
    [InlineData(true, "expert", "yes", "hides a call of the expert or invents one")]
    [InlineData(true, "somebody", "no", "answered by 'somebody', which is no tier")]
    [InlineData(true, "nobody", "no", "the tier that answers says something else")]
    [InlineData(true, "tier", "yes", "the tier that answers says something else")]
    public async Task A_method_that_keeps_false_books_is_found_out(bool isUnpaid, string answeredBy, string label, string message)
    {
        var stream = new RecordedStream([new("a", "no", "no"), new("b", "yes", "yes")]);
        var method = new ScriptedMethod((items, expert, _) =>
        {
            if (!isUnpaid)
            {
                expert.Look(items[0]);
            }

            return new([new(label, answeredBy, answeredBy == "expert", ["no"]), new("no", "tier", false, ["no"])], ["tier"], 0, 0, 0);
        });

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => Replay.RunAsync(stream, new(ReplayBudget.Calls(1)), method));

        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    private static Task<ReplayReport> RunAsync()
    {
        var stream = new RecordedStream(_items.Select((item, i) => new RecordedItem($"{i}", item.Gold, item.Expert)));
        var method = new ScriptedMethod((items, expert, _) => new([.. items.Select(item => Outcome(item, expert))], ["a", "b"], 12, 7, 1));
        return Replay.RunAsync(stream, new(ReplayBudget.Calls(3)), method);
    }

    private static ItemOutcome Outcome(StreamItem item, RecordedExpert expert)
    {
        var (_, _, by, a, b) = _items[item.Index];
        return by == "expert" ? new(expert.Look(item), by, true, [a, b]) : new(by == "a" ? a : b, by, false, [a, b]);
    }
}
