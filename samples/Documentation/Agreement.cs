using LlmCascade;
using LlmCascade.Agreement;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Documentation;

/// <summary>The code of docs/agreement.md.</summary>
internal static class Agreement
{
    public static void AddEnsemble(IServiceCollection services, IChatClient qwen, IChatClient llama, IChatClient gemma)
    {
        // snippet: ensemble
        services.AddLlmCascade(cascade => cascade
            .AddTier("trio", tier => tier
                .UseEnsemble(ensemble => ensemble
                    .Add("qwen", member => member.UseChatClient(qwen).Costs(inputPerMillion: 0.05m, outputPerMillion: 0.1m))
                    .Add("llama", member => member.UseChatClient(llama).Costs(inputPerMillion: 0.05m, outputPerMillion: 0.1m))
                    .Add("gemma", member => member.UseChatClient(gemma).Costs(inputPerMillion: 0.08m, outputPerMillion: 0.2m).WithTimeout(TimeSpan.FromSeconds(10))))
                .DeferBelow(0.6))
            .ExpertCosts(inputPerMillion: 2.5m, outputPerMillion: 10m));
        // end-snippet
    }

    public static void AddSampling(TierBuilder tier, IChatClient small)
    {
        // snippet: sampling
        tier.UseChatClient(small).WithSampling(5, agreement => agreement.Aggregation = AgreementAggregation.MajorityCluster).DeferBelow(0.8);
        // end-snippet
    }

    public static void MeasureBy(EnsembleBuilder ensemble, IEmbeddingGenerator<string, Embedding<float>> embeddings)
    {
        // snippet: semantic-measure
        ensemble.Agree(agreement => agreement.Measure = SimilarityMeasure.Semantic(embeddings));
        // end-snippet
    }

    public static IAgreementMeasure Own()
    {
        // snippet: own-measure
        var measure = SimilarityMeasure.Unless(
            "invoices-v1",
            SimilarityMeasure.Weighted("invoice-text-v1", (SimilarityMeasure.SameJson, 2), (SimilarityMeasure.TokenF1, 1)),
            SimilarityMeasure.DifferentQuantities,
            SimilarityMeasure.RefusalAgainstAnswer);
        // end-snippet
        return measure;
    }

    public static IAgreementMeasure Judge(IGenerator judge, Prices prices)
    {
        // snippet: agreement-judge
        var measure = SimilarityMeasure.Judged("same-meaning-v1", async (pair, cancellationToken) =>
        {
            if (pair.Context is null)
            {
                return null;
            }

            using var attempt = pair.Context.Begin("judge", AttemptRole.Judge, prices);
            var answer = await judge.GenerateAsync(
                new GenerationRequest($"Does the second answer follow from the first one? Yes or no.\n1: {pair.First.Response.Text}\n2: {pair.Second.Response.Text}"),
                attempt,
                cancellationToken);
            attempt.Answered(answer);
            return answer.Response.Text.StartsWith("yes", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        });
        // end-snippet
        return measure;
    }

    public static void Calibrate(IServiceCollection services, IChatClient qwen, IChatClient llama)
    {
        // snippet: calibrator
        var calibrator = new AgreementCalibrator();
        services.AddLlmCascade(cascade => cascade
            .AddTier("pair", tier => tier
                .UseEnsemble(ensemble => ensemble.Add("qwen", qwen).Add("llama", llama).Agree(agreement => agreement.Calibrator = calibrator))
                .DeferBelow(0.9))
            .AddLearner(calibrator)
            .Audit(0.05)
            .SaveLearningTo("data/learned"));
        // end-snippet
    }

    public static async Task ReportAsync(IReadOnlyList<Episode> episodes, IReadOnlyList<EpisodeAddendum> addenda)
    {
        // snippet: ensemble-report
        var report = await EnsembleReport.CreateAsync(episodes, tier: "trio", addenda: addenda);
        Console.WriteLine($"{report.Members.Length} members count as {report.EffectiveMembers:0.0}; {report.Members[0]} and {report.Members[1]} agree by {report.PairwiseAgreement[0, 1]:0.00}");
        // end-snippet
    }
}
