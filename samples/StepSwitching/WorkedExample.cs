using LlmCascade;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace StepSwitching;

/// <summary>One task, worked out by two scripted models. The validator that finds the error is the library's own.</summary>
internal static class WorkedExample
{
    private const string Task = "A bakery sells 7 trays of 12 rolls, and 19 rolls are left over. What would all the rolls have brought at 0.35 euros each?";

    private static readonly string[] _local =
    [
        "It sold 7 * 12 = 84 rolls.",
        "It baked 84 + 19 = 93 rolls.",
        "All of them would have brought 103 * 0.35 = 36.05 euros.",
        "Answer: 36.05 euros",
    ];

    public static async Task ShowAsync()
    {
        List<Episode> episodes = [];
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient(new ScriptedReply("It baked 84 + 19 = 103 rolls.").WithUsage(130, 12)));
        services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => tier
                .UseChatClient(new ScriptedChatClient(call => new ScriptedReply(_local[StepsIn(call)]).WithUsage(60 + (12 * StepsIn(call)), 12)))
                .CheckSteps(StepIntrospector.Arithmetic)
                .KeepWhenValid()
                .Costs(inputPerMillion: 0.05m, outputPerMillion: 0.1m))
            .Expert(expert => expert.WithName("cloud").Costs(inputPerMillion: 2.5m, outputPerMillion: 10m))
            .StepByStep()
            .OnEpisode(episodes.Add));
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IChatClient>().GetResponseAsync(Task);

        var trajectory = episodes[0].Answer!.Trajectory!;
        Console.WriteLine("Two scripted models work a task out; the library checks each step, and switches.\n");
        Console.WriteLine(Task);
        foreach (var step in trajectory.Steps)
        {
            foreach (var rejected in step.Rejected)
            {
                Write(rejected, ConsoleColor.Red, $"   <- {rejected.Check!.Explanation}");
            }

            Write(step, step.IsByExpert ? ConsoleColor.Magenta : ConsoleColor.Green, "");
        }

        Console.WriteLine(
            $"\n{trajectory.Steps.Count(step => step.IsByExpert)} of {trajectory.Steps.Length} steps by the cloud; in all {episodes[0].Root.Total().Cost:0.000000}, of which {trajectory.Steps[1].Spent!.Value.Cost:0.000000} for the step that went wrong.");
    }

    private static int StepsIn(ScriptedCall call) =>
        call.Messages.LastOrDefault(message => message.Role == ChatRole.Assistant)?.Text.Split('\n').Length ?? 0;

    // Into a file or a pipe no colours go.
    private static void Write(ReasoningStep step, ConsoleColor color, string comment)
    {
        Console.ForegroundColor = color;
        Console.Write($"  {step.Author,-6}");
        Console.ResetColor();
        Console.WriteLine($" {step.Text}{comment}");
    }
}
