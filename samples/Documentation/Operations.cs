using LlmCascade;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Documentation;

/// <summary>The code of docs/operations.md.</summary>
internal static class Operations
{
    public static void StartCarefully(IServiceCollection services, IChatClient expert, IChatClient small)
    {
        // snippet: careful-start
        services.AddChatClient(expert);
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => tier
                .UseChatClient(small)
                .KeepWhenValid()
                .WithTimeout(TimeSpan.FromSeconds(20))
                .Costs(inputPerMillion: 0.1m, outputPerMillion: 0.4m))
            .ExpertCosts(inputPerMillion: 2.5m, outputPerMillion: 10m)
            .Configure(options => options.Mode = CascadeMode.Shadow)
            .OnAddendum(addendum =>
            {
                var expertCost = addendum.Episode.Root.Total().Cost;
                var tierCost = addendum.Root.Total().Cost;
                Console.WriteLine(addendum.Root.Generation is { } kept
                    ? $"kept for {tierCost} instead of {expertCost}: {kept.Response.Text} / {addendum.Episode.Answer?.Response.Text}"
                    : $"the expert would have been asked, for {tierCost + expertCost} in all");
            }));
        // end-snippet
    }

    public static void Switch(IChatClient client)
    {
        // snippet: switch-mode
        client.GetService<Cascade>()!.Mode = CascadeMode.ExpertOnly;
        // end-snippet
    }

    public static void CheckHealth(IServiceCollection services)
    {
        // snippet: health-check
        services.AddHealthChecks()
            .AddLlmCascade()
            .AddLlmCascade("fast", failureStatus: HealthStatus.Degraded, tags: ["ready"]);
        // end-snippet
    }
}
