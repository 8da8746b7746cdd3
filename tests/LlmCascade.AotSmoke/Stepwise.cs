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
    });
}
