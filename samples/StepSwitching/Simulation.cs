using System.Text.Json;
using LlmCascade;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace StepSwitching;

/// <summary>Works through simulated tasks in each mode. Its figures say nothing about real models.</summary>
internal static class Simulation
{
    private static readonly JsonSerializerOptions _readable = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task<string> RunAsync()
    {
        var world = new StepSimulation(seed: 5, tasks: 20_000);
        return JsonSerializer.Serialize(
            new
            {
                LocalOnly = await RunAsync(world, StepMode.LocalOnly),
                SelfReflection = await RunAsync(world, StepMode.SelfReflection),
                Switching = await RunAsync(world, StepMode.Switching),
                CloudOnly = await RunAsync(world, StepMode.CloudOnly),
                CloudOnlyInOneCall = await RunAsync(world, mode: null),
            },
            _readable);
    }

    // Without a mode the cloud model answers each task in a single call.
    private static async Task<Figures> RunAsync(StepSimulation world, StepMode? mode)
    {
        decimal cost = 0;
        using var local = world.CreateLocalModel();
        using var cloud = world.CreateCloudModel();
        var services = new ServiceCollection();
        services.AddChatClient(cloud);
        services.AddLlmCascade(cascade =>
        {
            cascade
                .AddTier("local", tier => tier.UseChatClient(local).CheckSteps(world.CreateIntrospector()).Costs(inputPerMillion: 1, outputPerMillion: 1))
                .Expert(expert => expert.WithName("cloud").Costs(inputPerMillion: 30, outputPerMillion: 30))
                .OnEpisode(episode => cost += episode.Root.Total().Cost);
            if (mode is { } chosen)
            {
                // Nobody takes over for good, so that each mode is what its name says.
                cascade.StepByStep(steps => (steps.Mode, steps.MaxConsecutiveExpertSteps) = (chosen, null));
            }
        });
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        var options = new ChatOptions();
        if (mode is null)
        {
            options = options.WithCascade(request => request.ForceExpert());
        }

        var right = 0;
        for (var task = 0; task < world.Tasks.Count; task++)
        {
            right += world.IsRight(task, (await client.GetResponseAsync(world.Tasks[task], options)).Text) ? 1 : 0;
        }

        return cost == local.Charged + cloud.Charged
            ? new Figures((double)right / world.Tasks.Count, cost / world.Tasks.Count)
            : throw new InvalidOperationException($"The episodes say that {cost} was paid, and the models charged {local.Charged + cloud.Charged}.");
    }

    /// <summary>The share of right answers, and the mean cost of a task.</summary>
    private sealed record Figures(double Accuracy, decimal Cost);
}
