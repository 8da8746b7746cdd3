using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static LlmCascade.AotSmoke.Checks;

namespace LlmCascade.AotSmoke;

/// <summary>Wrong set-ups do not start, and say why.</summary>
internal static class Mistakes
{
    public static async Task CheckAsync(Checks checks)
    {
        await checks.RunAsync("a key that nobody registered does not start", () => FailsAsync(
            """{ "LlmCascade": { "Tiers": { "small": { "Client": "nobody", "KeepWhenValid": true } } } }""",
            "'small' uses the chat client with the key 'nobody', and none is registered."));
        await checks.RunAsync("a value outside its range does not start", () => FailsAsync(
            """{ "LlmCascade": { "RestAfterFailures": 0, "Tiers": { "small": { "Client": "small-client", "Threshold": 2 } } } }""",
            "RestAfterFailures must be between 1 and",
            "Tiers:small: Threshold: The field "));
        await checks.RunAsync("a tier that could never keep an answer does not start", () => FailsAsync(
            """{ "LlmCascade": { "Tiers": { "small": { "Client": "small-client" } } } }""",
            "Tier 'small' has no policy that can keep an answer"));
        await checks.RunAsync("function invocation inside a tier does not start", () => FailsAsync(
            "{}",
            services => services.AddLlmCascade(cascade => cascade.AddTier("small", tier => tier
                .UseChatClient(provider => provider.GetRequiredKeyedService<IChatClient>("small-client").AsBuilder().UseFunctionInvocation().Build())
                .KeepWhenValid())),
            ".ToolsAreIdempotent()"));
    }

    private static Task FailsAsync(string json, params IEnumerable<string> messages) =>
        FailsAsync(json, services => services.AddLlmCascade(), messages);

    private static async Task FailsAsync(
        string json, Action<IServiceCollection> register, params IEnumerable<string> messages)
    {
        using var host = Application.Build(json, register);
        try
        {
            await host.StartAsync();
        }
        catch (OptionsValidationException e)
        {
            foreach (var message in messages)
            {
                Contains(message, e.Message);
            }

            return;
        }

        throw new InvalidOperationException("the host started");
    }
}
