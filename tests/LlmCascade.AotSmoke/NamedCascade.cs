using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static LlmCascade.AotSmoke.Checks;

namespace LlmCascade.AotSmoke;

/// <summary>Cascades under keys, described by code and configuration together.</summary>
internal static class NamedCascade
{
    private const string Section = """
        {
          "LlmCascade": {
            "careful": {
              "Tiers": { "small": { "Threshold": 0.8, "Exploration": 0.25 } }
            }
          }
        }
        """;

    public static async Task CheckAsync(Checks checks)
    {
        await checks.RunAsync("a named cascade has its own section and leaves the unkeyed client alone", () => UseAsync(0.7, async services =>
        {
            var response = await services.GetRequiredKeyedService<IChatClient>("careful").GetResponseAsync(Application.Easy);
            var attempt = response.GetCascadeTrace()?.Attempts[0];
            Equal((Decision.Defer, "below-threshold", 0.7), (attempt?.Decision, attempt?.Reason, attempt?.Confidence));
            Equal(ConfidenceSource.SelfReported, attempt?.ConfidenceSource);
            Equal(null, (await services.GetRequiredService<IChatClient>().GetResponseAsync(Application.Easy)).GetCascadeTrace());
        }));
        await checks.RunAsync("a kept answer may be explored, with its probability recorded", () => UseAsync(0.9, async services =>
        {
            var response = await services.GetRequiredKeyedService<IChatClient>("careful").GetResponseAsync(Application.Easy);
            var attempt = response.GetCascadeTrace()?.Attempts[0];
            Equal(attempt?.Decision == Decision.Keep ? 0.75 : 0.25, attempt?.Probability);
        }));
        await checks.RunAsync("a cascade nests in another one by its name", () => UseAsync(0.7, async services =>
        {
            var response = await services.GetRequiredKeyedService<IChatClient>("outer").GetResponseAsync(Application.Easy);
            var attempts = response.GetCascadeTrace()?.Attempts;
            Equal((1, "authoritative"), (attempts?.Count, attempts?[0].Reason));
            Equal("small, expert", string.Join(", ", attempts?[0].Children?.Select(child => child.Name) ?? []));
        }));
    }

    private static Task UseAsync(double confidence, Func<IServiceProvider, Task> use) => Application.UseAsync(
        Section,
        services =>
        {
            services.AddKeyedChatClient("large-client", provider => provider.GetRequiredService<IChatClient>());
            services.AddLlmCascade("careful", cascade => cascade
                .AddTier("small", tier => tier
                    .UseChatClient("small-client")
                    .WithConfidence(_ => Confidence.SelfReported(confidence))
                    .DeferBelow(0.5))
                .Expert(expert => expert.UseChatClient("large-client")));
            services.AddLlmCascade("outer", cascade => cascade
                .AddTier("inner", tier => tier.UseChatClient("careful").KeepWhenValid())
                .Expert(expert => expert.UseChatClient("large-client")));
        },
        use);
}
