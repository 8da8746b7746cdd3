using LlmCascade.Calibration;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class ThresholdSweepTests
{
    private static readonly double[] _thresholds = [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 1];
    private static readonly StepSimulation _world = new(seed: 9, tasks: 400);

    [Fact]
    public async Task A_budget_makes_a_threshold_in_between_the_best()
    {
        using var tasks = new SimulatedTasks(_world);
        var sweep = await SweepAsync(tasks);

        Assert.Equal(_thresholds, sweep.Points.Select(point => point.Threshold));
        Assert.Equal(tasks.Charged, sweep.Points.Sum(point => point.CostPerTask * tasks.All.Count));
        Assert.Equal(sweep.Points.OrderByDescending(point => point.CostPerTask), sweep.Points);
        Assert.Equal(sweep.Points.OrderByDescending(point => point.ExpertSteps!.Value), sweep.Points);

        // Whoever asks more often is more often right, and the difference is no chance.
        Assert.True(sweep.Points[0].Accuracy.Low > sweep.Points[^1].Accuracy.High);

        var budget = sweep.Points[3].CostPerTask;
        var best = sweep.Best(budget)!;
        Assert.InRange(best.Threshold, 0.5, 0.9);
        Assert.True(best.CostPerTask <= budget);
        Assert.All(sweep.Points.Where(point => point.CostPerTask <= budget), point => Assert.True(point.Accuracy.Value <= best.Accuracy.Value));
        Assert.Equal(best, sweep.Cheapest(best.Accuracy.Value));
    }

    [Fact]
    public async Task How_many_tasks_are_worked_on_at_once_changes_nothing()
    {
        using var tasks = new SimulatedTasks(_world);

        Assert.Equal((await SweepAsync(tasks, 0.3)).Points, (await SweepAsync(tasks, 0.3, parallelism: 8)).Points);
    }

    [Fact]
    public void Of_equally_accurate_points_the_cheaper_one_is_the_best_and_of_none_none()
    {
        var sweep = new ThresholdSweep([Point(0.1, 9, 3), Point(0.2, 8, 2), Point(0.3, 8, 1), Point(0.4, 10, 1, isCostComplete: false), Point(0.5, 5, 1)]);

        Assert.Equal(0.1, sweep.Best(3)!.Threshold);
        Assert.Equal(0.3, sweep.Best(2.5m)!.Threshold);
        Assert.Null(sweep.Best(0.5m));
        Assert.Equal(0.3, sweep.Cheapest(0.5)!.Threshold);
        Assert.Equal(0.1, sweep.Cheapest(0.85)!.Threshold);
        Assert.Null(sweep.Cheapest(0.95));
    }

    [Fact]
    public async Task Answers_are_compared_with_the_labels_where_the_host_does_not_judge()
    {
        var cascade = new Cascade([], Cascades.Expert("Answer: 5"));

        var point = (await ThresholdSweep.SweepAsync([new LabelledTask("a", "2 + 3?", "5"), new LabelledTask("b", "2 + 2?", "4")], [0.5], _ => cascade)).Points[0];

        Assert.Equal((new StepRate(1, 2), null, false), (point.Accuracy, point.ExpertSteps, point.IsCostComplete));
    }

    [Fact]
    public async Task A_sweep_without_tasks_or_with_a_task_that_fails_fails()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => ThresholdSweep.SweepAsync([], [0.5], _ => new Cascade([], Cascades.Expert("a"))));
        await Assert.ThrowsAsync<CascadeException>(() => ThresholdSweep.SweepAsync(
            [new LabelledTask("a", "2 + 3?", "5")], [0.5], _ => new Cascade([], Cascades.Expert(ScriptedReply.Throws(new InvalidDataException())))));
    }

    private static Task<ThresholdSweep> SweepAsync(SimulatedTasks tasks, double? only = null, int parallelism = 1) => ThresholdSweep.SweepAsync(
        tasks.All, only is { } one ? [one] : _thresholds, threshold => tasks.CreateCascade(new GradedIntrospector(_world), threshold), tasks.IsRight, parallelism);

    private static ThresholdPoint Point(double threshold, int right, decimal cost, bool isCostComplete = true) => new(threshold, new StepRate(right, 10), null, cost, isCostComplete);

    /// <summary>Finds wrong steps with probabilities that are high as a rule, and right ones with low ones: of densities 3 p² and 3 (1 - p)².</summary>
    private sealed class GradedIntrospector(StepSimulation world) : IStepIntrospector
    {
        public string Id => "graded-v1";

        public bool CanClear => true;

        public ValueTask<StepCheck> CheckAsync(GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
        {
            var trajectory = request.Trajectory!;
            var number = world.Tasks.ToList().IndexOf(trajectory.Task[0].Text);
            var place = trajectory.Steps.Length;
            var draw = Math.Cbrt(new SplitMix((ulong)((number * 100) + place)).NextDouble());
            return new(new StepCheck(Id) { ErrorProbability = world.IsStepRight(number, place, step.Response.Text) ? 1 - draw : draw });
        }
    }
}
