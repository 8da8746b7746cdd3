using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Steps.Exams;

namespace LlmCascade;

/// <summary>What several activation thresholds come to on tasks whose answers are known, so that one can be chosen by what it is worth and costs.</summary>
/// <remarks>
/// Choose on tasks that neither the models nor a calibrator was trained on. What was chosen as the best of many looks better on these tasks than it is; the intervals of the points say how much
/// can be chance.
/// </remarks>
[Experimental("LLMC006")]
public sealed record ThresholdSweep
{
    internal ThresholdSweep(ImmutableArray<ThresholdPoint> points)
    {
        Points = points;
    }

    /// <summary>Gets the points, in the order in which their thresholds were given.</summary>
    public ImmutableArray<ThresholdPoint> Points { get; }

    /// <summary>Works through all tasks once for each threshold.</summary>
    /// <param name="tasks">The tasks, at least one.</param>
    /// <param name="thresholds">The thresholds, each of which is tried by itself.</param>
    /// <param name="cascade">Makes the cascade with a threshold, such as by <see cref="StepwiseCascade.Create(Cascade, StepwiseOptions?)"/> with its <see cref="StepCheckOptions.ActivationThreshold"/>.</param>
    /// <param name="isRight">Tells whether the text of an answer is right; <see langword="null"/> for what <see cref="ExaminerOptions.IsRight"/> says. Thread-safe.</param>
    /// <param name="parallelism">How many tasks are worked on at once, at least 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The sweep.</returns>
    /// <remarks>
    /// Tasks are taken in their order, and the key of each request is the task's id, so that a task has the same draws with every threshold. How many are worked on at once changes nothing,
    /// unless the cascade itself goes by the order of requests, as <see cref="StepCheckOptions.ExpertShare"/> does. Nothing is learned from them.
    /// </remarks>
    /// <exception cref="ArgumentException">There is no task or no threshold, or one of what is needed is null.</exception>
    /// <exception cref="CascadeException">A task failed.</exception>
    public static async Task<ThresholdSweep> SweepAsync(
        IReadOnlyList<LabelledTask> tasks,
        IEnumerable<double> thresholds,
        Func<double, Cascade> cascade,
        Func<LabelledTask, string, bool>? isRight = null,
        int parallelism = 1,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(thresholds);
        ArgumentNullException.ThrowIfNull(cascade);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        if (tasks.Count == 0 || tasks.Contains(null!))
        {
            throw new ArgumentException("There is no task to try the thresholds on, or one is null.", nameof(tasks));
        }

        double[] all = [.. thresholds];
        if (all.Length == 0)
        {
            throw new ArgumentException("There is no threshold to try.", nameof(thresholds));
        }

        List<ThresholdPoint> points = [];
        foreach (var threshold in all)
        {
            var made = cascade(threshold) ?? throw new ArgumentException("The factory of cascades returned null.", nameof(cascade));
            points.Add(await TryAsync(threshold, tasks, made, isRight ?? GoldAnswer.IsIn, parallelism, cancellationToken).ConfigureAwait(false));
        }

        return new ThresholdSweep([.. points]);
    }

    /// <summary>Finds the most accurate point within a budget; of equally accurate ones the cheapest.</summary>
    /// <param name="costPerTaskAtMost">What a task may cost in the mean.</param>
    /// <returns>The point; <see langword="null"/> where none is within the budget. A point whose cost is not known in full is within none.</returns>
    public ThresholdPoint? Best(decimal costPerTaskAtMost) => Points
        .Where(point => point.IsCostComplete && point.CostPerTask <= costPerTaskAtMost)
        .OrderByDescending(point => point.Accuracy.Value)
        .ThenBy(point => point.CostPerTask)
        .FirstOrDefault();

    /// <summary>Finds the cheapest point of those that are accurate enough; of equally cheap ones the most accurate.</summary>
    /// <param name="accuracyAtLeast">The share of right answers that is enough.</param>
    /// <returns>The point; <see langword="null"/> where none is accurate enough. A point whose cost is not known in full is left out.</returns>
    public ThresholdPoint? Cheapest(double accuracyAtLeast) => Points
        .Where(point => point.IsCostComplete && point.Accuracy.Value >= accuracyAtLeast)
        .OrderBy(point => point.CostPerTask)
        .ThenByDescending(point => point.Accuracy.Value)
        .FirstOrDefault();

    private static async Task<ThresholdPoint> TryAsync(
        double threshold, IReadOnlyList<LabelledTask> tasks, Cascade cascade, Func<LabelledTask, string, bool> isRight, int parallelism, CancellationToken cancellationToken)
    {
        var results = new (bool IsRight, int Steps, int ExpertSteps, AttemptTotals Totals)[tasks.Count];
        await Parallel.ForAsync(
            0,
            tasks.Count,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken },
            async (i, token) => results[i] = await TryAsync(tasks[i], cascade, isRight, token).ConfigureAwait(false)).ConfigureAwait(false);

        return new ThresholdPoint(
            threshold,
            new StepRate(results.Count(result => result.IsRight), tasks.Count),
            StepRate.Of(results.Sum(result => result.ExpertSteps), results.Sum(result => result.Steps)),
            results.Sum(result => result.Totals.Cost) / tasks.Count,
            results.All(result => result.Totals.IsCostComplete));
    }

    private static async Task<(bool IsRight, int Steps, int ExpertSteps, AttemptTotals Totals)> TryAsync(
        LabelledTask task, Cascade cascade, Func<LabelledTask, string, bool> isRight, CancellationToken cancellationToken)
    {
        var (answer, episode) = await cascade.RunAsync(
            new GenerationRequest(task.Messages), new CascadeRequestOptions { Key = task.Id, NoLearning = true }, cancellationToken).ConfigureAwait(false);
        var steps = answer.Trajectory?.Steps ?? [];
        return (isRight(task, answer.Response.Text), steps.Length, steps.Count(step => step.IsByExpert), episode.Root.Total());
    }
}
