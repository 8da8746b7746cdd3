using System.Collections.Immutable;
using LlmCascade.Steps.Introspection;
using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Exams;

/// <summary>One labelled task, worked out step by step by one agent, whose first wrong steps another one corrects.</summary>
/// <param name="task">The task.</param>
/// <param name="writer">Who works: a writer of steps.</param>
/// <param name="corrector">Who corrects: a writer of steps; <see langword="null"/> for nobody.</param>
/// <param name="rule">What finds the first wrong step.</param>
/// <param name="corrections">The most corrections.</param>
/// <param name="options">Limits and observations.</param>
/// <param name="time">The clock.</param>
internal sealed class ExamRun(
    LabelledTask task, ExamWriter writer, ExamWriter? corrector, IStepRule? rule, int corrections, StepwiseOptions options, TimeProvider time) : IGenerator
{
    public async ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var limits = new StepLimits(options, time);
        var trajectory = new Trajectory(task.Messages, []);
        var left = corrector is null || rule is null ? 0 : corrections;
        while (trajectory.End == TrajectoryEnd.Open)
        {
            using var limit = limits.Start(cancellationToken);
            try
            {
                trajectory = await WriteAsync(writer, request, trajectory, limits, context, limit.Token);
                if (left > 0 && await FindWrongAsync(trajectory, limit.Token) is { } place)
                {
                    left--;
                    trajectory = await CorrectAsync(place, request, trajectory, limits, context, limit.Token);
                }

                trajectory = await GoOnAsync(trajectory, limits, context, limit.Token);
            }
            catch (OperationCanceledException) when (limit.HasPassed && !cancellationToken.IsCancellationRequested)
            {
                trajectory = trajectory with { End = TrajectoryEnd.TimeLimit };
            }
        }

        return AnswerOf(trajectory, options.Boundary);
    }

    /// <summary>Makes the answer that a trajectory is.</summary>
    public static Generation AnswerOf(Trajectory trajectory, StepBoundary boundary) =>
        new(new ChatResponse(new ChatMessage(ChatRole.Assistant, new StepPrompt(boundary, instructions: null).Join(trajectory.Steps)))) { Trajectory = trajectory };

    private async ValueTask<Trajectory> WriteAsync(
        ExamWriter who, GenerationRequest request, Trajectory before, StepLimits limits, AttemptContext context, CancellationToken cancellationToken)
    {
        var (answer, spent) = await who.AskAsync(request with { Trajectory = before }, context, cancellationToken);
        var step = new ReasoningStep(WrittenContent.Of(answer.Response.Messages), who.Name)
        {
            IsByExpert = who.Role == AttemptRole.Expert,
            Check = answer.Check,
            Spent = spent,
            AcceptedAfter = limits.Elapsed,
        };
        limits.Count(step);
        var callsTools = answer.Response.Messages.Any(message => message.Contents.Any(content => content is FunctionCallContent));
        return before with
        {
            Steps = before.Steps.Add(step),
            Suspects = [],
            End = callsTools ? TrajectoryEnd.CallsTools
                : answer.IsLastStep || options.IsAnswer(step.Text, before.Steps.LastOrDefault()) ? TrajectoryEnd.Answered
                : answer.Response.FinishReason == ChatFinishReason.ContentFilter ? TrajectoryEnd.Filtered
                : answer.Response.FinishReason == ChatFinishReason.Length ? TrajectoryEnd.TokenLimit
                : TrajectoryEnd.Open,
        };
    }

    // Who corrects has had the last word about a step.
    private async ValueTask<int?> FindWrongAsync(Trajectory trajectory, CancellationToken cancellationToken)
    {
        var place = await rule!.FindFirstWrongAsync(task, trajectory, cancellationToken);
        return place is null || (place >= 0 && place < trajectory.Steps.Length)
            ? place is { } found && trajectory.Steps[found].IsByExpert ? null : place
            : throw new InvalidOperationException($"The rule found step {place} wrong, and there are {trajectory.Steps.Length}.");
    }

    private async ValueTask<Trajectory> CorrectAsync(
        int place, GenerationRequest request, Trajectory trajectory, StepLimits limits, AttemptContext context, CancellationToken cancellationToken)
    {
        var (kept, dropped) = (trajectory.Steps[..place], trajectory.Steps[place..]);
        var wrong = StepRule.AsWrong(dropped[0]);
        var corrected = await WriteAsync(
            corrector!, request, trajectory with { Steps = kept, End = TrajectoryEnd.Open, Suspects = [wrong] }, limits, context, cancellationToken);
        var step = corrected.Steps[^1];
        return corrected with { Steps = kept.Add(step with { Rejected = [wrong], Spent = Sum(dropped.Add(step)) }) };
    }

    private async ValueTask<Trajectory> GoOnAsync(Trajectory trajectory, StepLimits limits, AttemptContext context, CancellationToken cancellationToken)
    {
        if (trajectory.End != TrajectoryEnd.Open)
        {
            return trajectory;
        }

        if (options.Observe is not null && await context.WaitAsync(options.Observe(trajectory, cancellationToken), cancellationToken) is { } observation)
        {
            trajectory = trajectory with { Steps = trajectory.Steps.SetItem(trajectory.Steps.Length - 1, trajectory.Steps[^1] with { Observation = observation }) };
        }

        return trajectory with { End = HasLoop(trajectory) ? TrajectoryEnd.Loop : limits.EndAfter(trajectory) };
    }

    private static bool HasLoop(Trajectory trajectory)
    {
        var loops = new LoopDetector();
        foreach (var step in trajectory.Steps)
        {
            loops.Add(step.Text);
        }

        // Who writes nothing will not get on.
        return loops.HasLoop || trajectory.Steps[^1].Text.Length == 0;
    }

    private static AttemptTotals Sum(ImmutableArray<ReasoningStep> steps)
    {
        var sum = new AttemptTotals(new UsageDetails(), true, 0, true);
        foreach (var spent in steps.Select(step => step.Spent).OfType<AttemptTotals>())
        {
            sum.Usage.Add(spent.Usage);
            sum = sum with
            {
                IsUsageComplete = sum.IsUsageComplete && spent.IsUsageComplete,
                Cost = sum.Cost + spent.Cost,
                IsCostComplete = sum.IsCostComplete && spent.IsCostComplete,
            };
        }

        return sum;
    }
}
