using LlmCascade.Strategies;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>Asks whether the agreement of sampled answers tells better than log-probabilities which answers are right.</summary>
internal static class AgreementRun
{
    public static async Task PrintAsync(Question[] questions, IChatClient model, IEmbeddingGenerator<string, Embedding<float>> embeddings)
    {
        using var sampler = new Sampler(model);
        await new Arm(StrategyMode.Retrieved, Threshold: 2, KnowsAll: true).AskAsync(questions, sampler, embeddings);
        Console.WriteLine(sampler.All.Count);
    }
}
