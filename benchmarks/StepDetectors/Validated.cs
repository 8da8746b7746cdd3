using System.Collections.Immutable;
using LlmCascade;
using LlmCascade.Steps;
using Microsoft.Extensions.AI;

namespace StepDetectors;

/// <summary>Asks the library's introspectors about recorded steps.</summary>
internal static class Validated
{
    /// <summary>Makes what a step was asked with: the task, and the steps before.</summary>
    public static GenerationRequest RequestFor(string task, IEnumerable<string> before, string author) => new(task)
    {
        Trajectory = new Trajectory(
            [new ChatMessage(ChatRole.User, task)], [.. before.Select(text => new ReasoningStep(text, author))]),
    };

    /// <summary>Makes an answer that consists of a step.</summary>
    public static Generation StepOf(string text) => new(new ChatResponse(new ChatMessage(ChatRole.Assistant, text)));

    /// <summary>Asks a validator about one step; <see langword="null"/> where it finds nothing.</summary>
    public static async ValueTask<StepCheck?> CheckAsync(IStepIntrospector validator, string task, ImmutableArray<string> steps, int step)
    {
        var check = await validator.CheckAsync(RequestFor(task, steps[..step], "recorded"), StepOf(steps[step]), context: null);
        return check.ErrorProbability is null ? null : check;
    }

    /// <summary>Asks the arithmetic validator about steps of one solution; the first finding counts.</summary>
    public static async ValueTask<(string Step, string Explanation)?> FindArithmeticAsync(IEnumerable<string> steps)
    {
        foreach (var step in steps)
        {
            if ((await CheckAsync(StepIntrospector.Arithmetic, "", [step], 0))?.Explanation is { } explanation)
            {
                return (step, explanation);
            }
        }

        return null;
    }
}
