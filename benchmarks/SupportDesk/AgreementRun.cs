using LlmCascade;
using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Strategies;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>Asks whether the agreement of sampled answers tells better than log-probabilities which answers are right.</summary>
internal static class AgreementRun
{
    private static readonly (string Name, TokenConfidence Confidence)[] _confidences =
    [
        ("Chow-Sum", TokenConfidence.Sum),
        ("Chow-Average", TokenConfidence.Mean),
        ("Chow-Quantile 0", TokenConfidence.Minimum),
        ("Chow-Quantile 0.1", TokenConfidence.Quantile(0.1)),
    ];

    public static async Task PrintAsync(Question[] questions, IChatClient model, IEmbeddingGenerator<string, Embedding<float>> embeddings)
    {
        // The last one is the library's default, and chooses the answer where all signals speak of the same one.
        (string Name, IAgreementMeasure Measure)[] measures =
        [
            ("same answer", AgreementMeasure.SameAnswer),
            ("token F1", SimilarityMeasure.TokenF1),
            ("ROUGE-L", SimilarityMeasure.RougeL),
            ("cosine of MiniLM", SimilarityMeasure.Embedding(embeddings)),
            ("composite with MiniLM", SimilarityMeasure.Semantic(embeddings)),
            ("composite", SimilarityMeasure.Default),
        ];
        using var sampler = new Sampler(model);
        await new Arm(StrategyMode.Retrieved, Threshold: 2, NotesFirst: true).AskAsync(questions, sampler, embeddings);
        List<Judged> judged = [];
        foreach (var (question, sampled) in questions.Zip(sampler.All))
        {
            judged.Add(await Judged.OfAsync(question, sampled, [.. measures.Select(each => each.Measure)], [.. _confidences.Select(each => each.Confidence)]));
        }

        bool[] greedy = [.. judged.Select(each => each.IsGreedyRight)];
        int[] spoken = [.. judged.Select(each => each.Agreement[^1].Best[0])];
        bool[] common = [.. judged.Zip(spoken, (each, place) => each.AreSamplesRight[place])];
        var greedyTokens = _confidences.Select((each, i) => new Signal(each.Name, [.. judged.Select(one => one.GreedyTokens[i])], greedy)).ToArray();
        double[][] scores = [.. measures.Select((_, i) => judged.Select(one => one.Agreement[i].Value).ToArray())];
        var report = new AgreementReport(questions);
        report.PrintPrompts(sampler.All);
        report.PrintShares(greedy, common, [.. judged.Select(each => each.AreSamplesRight)]);
        report.Print(new Comparison(
            "Agreement of the samples, of whose medoid it speaks; log-probabilities of the greedy answer, of which they speak",
            [.. measures.Select((each, i) => new Signal(each.Name, scores[i], [.. judged.Select(one => one.AreSamplesRight[one.Agreement[i].Best[0]])]))],
            greedyTokens));
        report.Print(new Comparison(
            "All of them about one answer: the medoid of the composite",
            [.. measures.Select((each, i) => new Signal(each.Name, scores[i], common))],
            [.. _confidences.Select((each, i) => new Signal(each.Name, [.. judged.Zip(spoken, (one, place) => one.SampleTokens[place][i])], common))]));
        report.Print(new Comparison(
            "All of them about one answer: the greedy one, and how much the samples agree with it",
            [.. measures.Select((each, i) => new Signal(each.Name, [.. judged.Select(one => one.WithGreedy[i])], greedy))],
            greedyTokens));
    }
}
