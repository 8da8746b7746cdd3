using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Exams;

/// <summary>One labelled task, written out in one go by an agent that knows its answer.</summary>
internal sealed class PracticeRun(LabelledTask task, ExamWriter writer, StepwiseOptions options, TimeProvider time) : IGenerator
{
    public async ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var limits = new StepLimits(options, time);
        var prompt = new StepPrompt(options.Boundary, InstructionsFor(task, options));
        var (answer, spent) = await writer.AskAsync(prompt.ForRest(request, new Trajectory(task.Messages, [])), context, cancellationToken);
        var steps = options.Boundary.Split(answer.Response.Text).Select((text, place) => new ReasoningStep(text, writer.Name)
        {
            IsByExpert = true,

            // Their costs cannot be told apart.
            Spent = place == 0 ? spent : null,
            AcceptedAfter = limits.Elapsed,
        });
        return ExamRun.AnswerOf(
            new Trajectory(task.Messages, [.. steps]) { End = answer.Response.FinishReason == ChatFinishReason.Length ? TrajectoryEnd.TokenLimit : TrajectoryEnd.Answered },
            options.Boundary);
    }

    /// <summary>Writes how to write steps, for one who is told the answer.</summary>
    public static string InstructionsFor(LabelledTask task, StepwiseOptions options) => string.Join("\n\n", new[]
    {
        options.Instructions ?? options.Boundary.Instructions,
        $"The right answer is known: {task.Answer}",
        task.Solution is { Count: > 0 } solution ? $"So is a solution:\n{string.Join('\n', solution)}" : null,
        "Write the steps of somebody who finds it out, and do not mention that it was known.",
    }.Where(part => !string.IsNullOrEmpty(part)));
}
