namespace LlmCascade.Agreement.Measures;

/// <summary>The weighted mean of what several measures say, for each pair of those that can tell.</summary>
internal sealed class WeightedMeasure(string id, (IAgreementMeasure Measure, double Weight)[] parts) : IAgreementMeasure
{
    public string Id => id;

    public ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, CancellationToken cancellationToken = default) =>
        MeasureWithinAsync(request, answers, context: null, cancellationToken);

    public ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext context, CancellationToken cancellationToken = default) =>
        MeasureWithinAsync(request, answers, context, cancellationToken);

    private async ValueTask<AgreementMatrix> MeasureWithinAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answers);
        using var texts = AnswerTexts.Of(answers);
        var said = new AgreementMatrix[parts.Length];
        for (var i = 0; i < said.Length; i++)
        {
            said[i] = await MeasureCall.AskAsync(parts[i].Measure, request, texts, context, cancellationToken).ConfigureAwait(false);
        }

        var mean = new AgreementMatrix(texts.Count);
        for (var second = 1; second < mean.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                mean[first, second] = MeanOf(said, first, second);
            }
        }

        return mean;
    }

    private double? MeanOf(AgreementMatrix[] said, int first, int second)
    {
        double sum = 0, weights = 0;
        for (var i = 0; i < said.Length; i++)
        {
            if (said[i][first, second] is { } value)
            {
                sum += parts[i].Weight * value;
                weights += parts[i].Weight;
            }
        }

        return weights > 0 ? Math.Min(1, sum / weights) : null;
    }
}
