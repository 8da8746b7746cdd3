using LlmCascade;
using LlmCascade.Agreement;
using LlmCascade.Calibration;

namespace SupportDesk;

/// <summary>What is to be said of the answers to one question.</summary>
/// <param name="IsGreedyRight">Whether the answer without chance is right.</param>
/// <param name="AreSamplesRight">Whether each sample is.</param>
/// <param name="Agreement">How much the samples agree, by each measure.</param>
/// <param name="WithGreedy">How much the samples agree with the answer without chance, on average, by each measure.</param>
/// <param name="GreedyTokens">How sure the model was of the answer without chance, by each measure of its tokens.</param>
/// <param name="SampleTokens">How sure it was of each sample, by each measure of its tokens.</param>
internal sealed record Judged(
    bool IsGreedyRight, bool[] AreSamplesRight, AgreementScore[] Agreement, double[] WithGreedy, double[] GreedyTokens, double[][] SampleTokens)
{
    public static async Task<Judged> OfAsync(
        Question question, Sampled sampled, IReadOnlyList<IAgreementMeasure> measures, IReadOnlyList<TokenConfidence> confidences)
    {
        List<AgreementScore> agreement = [];
        List<double> withGreedy = [];
        foreach (var measure in measures)
        {
            var all = await measure.MeasureAsync(new GenerationRequest(question.Text), [.. sampled.Samples, sampled.Greedy]);
            agreement.Add(AgreementScore.Of(AmongSamples(all)));
            withGreedy.Add(Enumerable.Range(0, Sampler.Samples).Average(i => all[i, Sampler.Samples] ?? 0));
        }

        return new Judged(
            await question.IsAnsweredByAsync(sampled.Greedy),
            await Task.WhenAll(sampled.Samples.Select(question.IsAnsweredByAsync)),
            [.. agreement],
            [.. withGreedy],
            Confidences(sampled.Greedy),
            [.. sampled.Samples.Select(Confidences)]);

        double[] Confidences(Generation answer) => [.. confidences.Select(each => each.Measure(answer.Tokens!) is { HasValue: true } sure ? sure.Value : 0)];
    }

    private static AgreementMatrix AmongSamples(AgreementMatrix all)
    {
        var matrix = new AgreementMatrix(Sampler.Samples);
        for (var second = 1; second < matrix.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                matrix[first, second] = all[first, second];
            }
        }

        return matrix;
    }
}
