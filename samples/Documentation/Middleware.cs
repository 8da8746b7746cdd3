using LlmCascade;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Documentation;

/// <summary>The code of docs/middleware.md.</summary>
internal static class Middleware
{
    public static void Container(IServiceCollection services, IChatClient expert, IChatClient small)
    {
        // snippet: container-order
        services.AddDistributedMemoryCache();
        services.AddChatClient(expert);
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(small).KeepWhenValid()))
            .UseOpenTelemetry()          // outermost: one operation for each call of the application
            .UseDistributedCache()       // answers before anybody is asked
            .UseFunctionInvocation();    // each tool iteration is a request of its own to the cascade
        // end-snippet
    }

    public static IChatClient Pipeline(IChatClient expert, IChatClient small, IServiceProvider services)
    {
        // snippet: pipeline-order
        return expert.AsBuilder()
            .UseFunctionInvocation()
            .UseLlmCascade(cascade => cascade
                .AddTier("small", tier => tier.UseChatClient(small).KeepWhenValid()))
            .Build(services);
        // end-snippet
    }

    public static void PerTier(IServiceCollection services, IChatClient small)
    {
        // snippet: tier-order
        services.AddKeyedChatClient("small", small)
            .UseOpenTelemetry()                // one operation for each call of this model
            .UseOpenAILogProbabilities();      // next to the provider, so that nothing hides its raw responses
        // end-snippet
    }
}
