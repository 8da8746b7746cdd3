using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class ReplayTests
{
    private static readonly RecordedStream _stream = Streams.Random(items: 200);

    private static readonly ReplayOptions _random = new(ReplayBudget.Share(0.25m)) { Method = ReplayMethod.Random };

    [Fact]
    public async Task Each_seed_replays_the_recorded_order()
    {
        var method = ScriptedMethod.FirstLabel();

        var report = await Replay.RunAsync(_stream, _random with { Seed = 7, Seeds = 3 }, method);

        Assert.Equal([7, 8, 9], method.Runs.Select(run => run.Seed));
        Assert.All(method.Runs, run => Assert.Equal(Enumerable.Range(0, 200), run.Order));
        Assert.Equal([7, 8, 9], report.Runs!.Select(run => run.Seed));
        Assert.All(report.Runs!, run => Assert.Null(run.Shuffle));
        Assert.Equal(7UL, report.Seed);
    }

    [Fact]
    public async Task Each_shuffle_is_an_order_of_its_own_which_all_seeds_share()
    {
        var method = ScriptedMethod.FirstLabel();

        var report = await Replay.RunAsync(_stream, _random with { Seeds = 2, Shuffles = 2 }, method);

        Assert.Equal([0, 1, 0, 1], method.Runs.Select(run => run.Seed));
        Assert.Equal([1, 1, 2, 2], report.Runs!.Select(run => run.Shuffle));
        Assert.All(method.Runs, run => Assert.Equal(Enumerable.Range(0, 200), run.Order.Order()));
        Assert.Equal(method.Runs[0].Order, method.Runs[1].Order);
        Assert.NotEqual(method.Runs[0].Order, method.Runs[2].Order);
        Assert.NotEqual(Enumerable.Range(0, 200), method.Runs[0].Order);
    }

    [Fact]
    public async Task Several_runs_are_reported_as_their_mean_with_the_deviation_of_a_sample()
    {
        var stream = new RecordedStream([new("a", "yes", "yes"), new("b", "no", "no"), new("c", "no", "no"), new("d", "no", "no")]);

        // 1, 2 and 3 of 4 are right.
        var method = new ScriptedMethod((items, _, seed) => new(
            [.. items.Select(item => item.Index <= (int)seed ? stream.Items[item.Index].Gold : "other").Select(label => new ItemOutcome(label, "tier", false, [label]))],
            ["tier"],
            2 * (double)seed,
            0,
            0)
        {
            Regret = [new(2, 1 - (0.1 * seed)), new(4, 0.5)],
        });

        var report = await Replay.RunAsync(stream, new(ReplayBudget.Calls(1)) { Seeds = 3 }, method);

        Assert.Equal([0.25, 0.5, 0.75], report.Runs!.Select(run => run.Accuracy));
        Assert.Equal((0.5, 0.5, 0.25), (report.Accuracy, report.Mean, report.StandardDeviation));
        Assert.Equal(0.5, report.Tiers[0].Accuracy);
        Assert.Equal(2, report.Cost.Inference);
        Assert.Equal(1, report.PerLabel["yes"].F1);
        Assert.Equal([new(2, 0.9), new(4, 0.5)], report.Regret);
        Assert.InRange(report.Interval.Low, 0, 0.5);
        Assert.InRange(report.Interval.High, 0.5, 1);
        Assert.Null(report.Runs![0].Mean);
    }

    [Fact]
    public async Task Equal_seeds_give_equal_reports_and_others_give_others()
    {
        var first = await Replay.RunAsync(_stream, _random);
        var second = await Replay.RunAsync(_stream, _random);
        var other = await Replay.RunAsync(_stream, _random with { Seed = 1 });

        Assert.Equal((first with { Seconds = 0 }).ToJson(), (second with { Seconds = 0 }).ToJson());
        Assert.NotEqual((first with { Seconds = 0, Seed = 1 }).ToJson(), (other with { Seconds = 0 }).ToJson());
    }

    [Fact]
    public async Task Progress_is_told_from_the_first_item_of_each_run_to_the_last()
    {
        var told = new List<ReplayProgress>();

        await Replay.RunAsync(_stream, _random with { Seeds = 2 }, new Listener(told.Add));

        Assert.Equal(new(1, 2, 0, 200), told[0]);
        Assert.Equal(new(2, 2, 200, 200), told[^1]);
        Assert.Contains(new(1, 2, 200, 200), told);
    }

    [Fact]
    public async Task A_replay_can_be_stopped()
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new Listener(at =>
        {
            if (at.Run == 2)
            {
                cancellation.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Replay.RunAsync(_stream, _random with { Seeds = 5 }, progress, cancellation.Token));
    }

    [Fact]
    public void Every_look_counts_and_the_budget_is_a_ceiling()
    {
        var training = new RecordedStream([new("t", "yes", "no"), new("u", "no", "no")]);
        var stream = new RecordedStream([new("a", "yes", "yes"), new("b", "no", null)]);
        var expert = new RecordedExpert(stream, 3, training);
        StreamItem second = new(1, "b");

        Assert.Equal("no", expert.LookAtTraining(expert.TrainingItems[0]));
        Assert.Null(expert.Look(second));
        Assert.Null(expert.Look(second));

        Assert.Equal((3, 0), (expert.Calls, expert.Remaining));
        Assert.True(expert.WasCalledAbout(second));
        Assert.False(expert.WasCalledAbout(new(0, "a")));
        Assert.Throws<InvalidOperationException>(() => expert.Look(second));
        Assert.Equal(3, expert.Calls);
    }

    private sealed class Listener(Action<ReplayProgress> listen) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => listen(value);
    }
}
