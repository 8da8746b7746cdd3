using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static LlmCascade.AotSmoke.Checks;

namespace LlmCascade.AotSmoke;

/// <summary>Work that is done step by step.</summary>
internal static class Stepwise
{
    public static Task CheckAsync(Checks checks) => checks.RunAsync("a step with wrong arithmetic is written by the expert", async () =>
    {
        List<Episode> episodes = [];
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("2 + 2 = 4"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => tier
                .UseChatClient(new ScriptedChatClient(call => call.Messages.Any(message => message.Role == ChatRole.Assistant) ? "Answer: 4" : "2 + 2 = 5"))
                .CheckSteps(StepIntrospector.Arithmetic)
                .KeepWhenValid())
            .StepByStep()
            .OnEpisode(episodes.Add));
        await using var provider = services.BuildServiceProvider();

        var response = await provider.GetRequiredService<IChatClient>().GetResponseAsync("How much is 2 + 2?");

        Equal("2 + 2 = 4\nAnswer: 4", response.Text);
        Equal("2 + 2 is 4 and not 5", episodes[0].Answer?.Trajectory?.Steps[0].Rejected[0].Check?.Explanation);
        await CheckFilesAsync(TrajectoryRecord.Of(episodes[0])! with { IsRight = true });
    });

    private static async Task CheckFilesAsync(TrajectoryRecord record)
    {
        using var log = new MemoryStream();
        await TrajectoryFile.WriteAsync(log, [record]);
        log.Position = 0;
        await foreach (var read in TrajectoryFile.ReadAsync(log))
        {
            Equal((record.Id, record.Answer, 2), (read.Id, read.Answer, read.Trajectory.Steps.Length));
        }

        using var examples = new MemoryStream();
        await TrainingExamples.WriteAsync(examples, TrainingExamples.Of(record, TrainingStage.SelfPractising));
        examples.Position = 0;
        await foreach (var example in TrainingExamples.ReadAsync(examples))
        {
            Equal(record.Id, example.Id);
        }
    }
}
