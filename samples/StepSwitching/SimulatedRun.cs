using LlmCascade;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace StepSwitching;

/// <summary>One way of working through all simulated tasks.</summary>
internal sealed record SimulatedRun(double Accuracy, decimal Cost)
{
    public static async Task<SimulatedRun> RunAsync(StepSimulation world, StepMode mode)
    {
        decimal cost = 0;
        var services = new ServiceCollection();
        using var local = world.CreateLocalModel();
        using var cloud = world.CreateCloudModel();
        services.AddChatClient(cloud);
        services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(local).CheckSteps(world.CreateIntrospector()).Costs(inputPerMillion: 1, outputPerMillion: 1))
            .ExpertCosts(inputPerMillion: 30, outputPerMillion: 30)
            .StepByStep(steps =>
            {
                steps.Mode = mode;
                steps.MaxConsecutiveExpertSteps = null;
            })
            .OnEpisode(episode => cost += episode.Root.Total().Cost));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        var right = 0;
        for (var task = 0; task < world.Tasks.Count; task++)
        {
            var answer = await client.GetResponseAsync(world.Tasks[task]);
            right += world.IsRight(task, answer.Text) ? 1 : 0;
        }

        if (cost != local.Charged + cloud.Charged)
        {
            throw new InvalidOperationException($"The episodes cost {cost}, and the models charged {local.Charged + cloud.Charged}.");
        }

        return new SimulatedRun((double)right / world.Tasks.Count, cost);
    }
}
