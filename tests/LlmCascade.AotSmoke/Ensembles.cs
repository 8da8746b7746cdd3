using LlmCascade.Agreement;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static LlmCascade.AotSmoke.Checks;

namespace LlmCascade.AotSmoke;

/// <summary>Several models that decide together.</summary>
internal static class Ensembles
{
    public static Task CheckAsync(Checks checks) => checks.RunAsync("three models agree, and the trace says so", async () =>
    {
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("expert"));
        services.AddLlmCascade(cascade => cascade.AddTier("trio", tier => tier
            .UseEnsemble(ensemble => ensemble
                .Add("a", new ScriptedChatClient("Answer: 45 days"))
                .Add("b", new ScriptedChatClient("The answer is 45 days."))
                .Add("c", new ScriptedChatClient("""{"days": 30}"""))
                .Agree(agreement => agreement.Aggregation = AgreementAggregation.MajorityCluster))
            .DeferBelow(0.6)));
        await using var provider = services.BuildServiceProvider();

        var response = await provider.GetRequiredService<IChatClient>().GetResponseAsync("How long?");

        var attempt = response.GetCascadeTrace()?.Attempts[0];
        Equal((Decision.Keep, true, 3), (attempt?.Decision, attempt?.Agreement >= 0.6, attempt?.Children?.Count));
    });
}
