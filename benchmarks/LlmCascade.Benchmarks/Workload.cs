using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade.Benchmarks;

/// <summary>The request that all benchmarks make, and the cascades that they make it to.</summary>
internal static class Workload
{
    public static IReadOnlyList<ChatMessage> Messages { get; } =
    [
        new(ChatRole.System, "You answer questions about geography in one sentence."),
        new(ChatRole.User, "I am planning a trip through Europe and would like to begin in France."),
        new(ChatRole.User, "What is its capital?"),
    ];

    public static ChatOptions Options { get; } = new() { Temperature = 0.2f, MaxOutputTokens = 200, ModelId = "large" };

    public static IChatClient Direct(int updateCount = 1) => new NoOpChatClient(updateCount).AsBuilder().Build();

    public static IChatClient OneTierKept(IChatClient model, TimeSpan? limit = null) => model.AsBuilder()
        .UseLlmCascade(cascade => cascade
            .AddTier("small", tier => Limit(tier.UseChatClient(model).KeepWhenValid().Costs(0.1m, 0.4m), limit))
            .ExpertCosts(2.5m, 10m)
            .Configure(options => options.Timeout = limit))
        .Build();

    /// <summary>Makes a cascade that measures each update and asks whether its tier may go on; it may.</summary>
    public static IChatClient OneTierMeasured(IChatClient model, TokenConfidence measure)
    {
        var small = model.AsBuilder().UseTokenLogProbabilities(raw => raw as TokenLogProbability[]).Build();
        return model.AsBuilder()
            .UseLlmCascade(cascade => cascade
                .AddTier("small", tier => tier.UseChatClient(small).WithTokenConfidence(measure).DeferBelow(0.5).Costs(0.1m, 0.4m))
                .ExpertCosts(2.5m, 10m))
            .Build();
    }

    public static IChatClient TwoTiersToExpert(IChatClient model) => model.AsBuilder()
        .UseLlmCascade(cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(model).DeferWhen(IsAnswer).KeepWhenValid().Costs(0.1m, 0.4m))
            .AddTier("medium", tier => tier.UseChatClient(model).DeferWhen(IsAnswer).KeepWhenValid().Costs(0.4m, 1.6m))
            .ExpertCosts(2.5m, 10m))
        .Build();

    /// <summary>Makes a cascade whose expert answers at once, so that its updates are shown while they come.</summary>
    public static IChatClient ExpertLive(IChatClient model) => new CascadeChatClient(
        new Cascade([], new Expert(new ChatClientGenerator(model)) { Prices = new Prices(2.5m, 10m) }));

    private static void Limit(TierBuilder tier, TimeSpan? limit)
    {
        if (limit is { } time)
        {
            tier.WithTimeout(time);
        }
    }

    private static bool IsAnswer(ChatResponse response) => response.FinishReason == ChatFinishReason.Stop;
}
