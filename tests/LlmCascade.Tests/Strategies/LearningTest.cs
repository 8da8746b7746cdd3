using LlmCascade.Strategies;
using LlmCascade.Testing;
using LlmCascade.Tests.Escalation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmCascade.Tests.Strategies;

/// <summary>A cascade that learns strategies: a small model that knows what its notes tell it, and an expert.</summary>
public abstract class LearningTest : RepositoryTest
{
    protected const string Other = "How can I return a lamp that is broken?";
    protected const string Note = "Broken goods go back within 45 days, at counter 7.";

    protected InMemoryStrategyRepository Repository { get; } = new();
    private protected AddendumRecorder Addenda { get; } = new();
    protected List<Episode> Episodes { get; } = [];
    protected ScriptedChatClient Small { get; }
    protected ScriptedChatClient Expert { get; init; }

    protected LearningTest()
    {
        // It knows the answer where a note tells it.
        Small = new(call =>
        {
            var isTold = call.Messages[^1].Text.Contains("45 days", StringComparison.Ordinal);
            var reply = new ScriptedReply(SmallAnswers ?? (isTold ? "45 days" : "I do not know")) { Confidence = Confidence.Measured(isTold ? 0.9 : 0.2) };
            return SmallTokens == 0 ? reply : reply.WithUsage(SmallTokens, 3);
        });
        Expert = new(call => IsDistillation(call) ? Distilled() : ExpertAnswers);
    }

    protected string? SmallAnswers { get; set; }

    protected int SmallTokens { get; init; }

    protected ScriptedReply ExpertAnswers { get; set; } = new ScriptedReply("45 days").WithUsage(10, 20);

    protected Func<ScriptedReply> Distilled { get; set; } = () => new ScriptedReply(Note).WithUsage(100, 30);

    protected static bool IsDistillation(ScriptedCall call) => call.Messages[0].Text.StartsWith("You write notes", StringComparison.Ordinal);

    protected static CascadeLearning LearningOf(IServiceProvider host) => ((CascadeChatClient)host.GetRequiredService<IChatClient>()).Learning!;

    protected static Generation Answer(string text) => new ScriptedReply(text).ToGeneration();

    protected static ChatOptions Options(string? scope = Scope, Action<CascadeRequestBuilder>? configure = null) => new ChatOptions().WithCascade(request =>
    {
        _ = scope is null ? request : request.Scope(scope);
        configure?.Invoke(request);
    });

    protected static async Task AskAsync(IServiceProvider host, string question, Action<CascadeRequestBuilder>? configure = null, string? scope = Scope)
    {
        await host.GetRequiredService<IChatClient>().GetResponseAsync(question, Options(scope, configure));
        await LearningOf(host).SettleAsync();
    }

    protected ServiceProvider Start(Action<TierBuilder>? tier = null, Action<CascadeBuilder>? cascade = null)
    {
        var services = new ServiceCollection();
        services.AddChatClient(Expert);
        services.AddLlmCascade(builder =>
        {
            builder.UseStrategies(Repository).LearnStrategies().OnEpisode(Episodes.Add).OnAddendum(Addenda.Add).ExpertCosts(perCall: 2);
            builder.AddTier("small", small =>
            {
                small.UseChatClient(Small).WithStrategies(strategies => strategies.MinimumSimilarity = 0.3);
                tier?.Invoke(small);
                small.DeferWhen(response => response.Text.StartsWith("I do not", StringComparison.Ordinal)).KeepWhenValid();
            });
            cascade?.Invoke(builder);
        });
        return services.BuildServiceProvider();
    }
}
