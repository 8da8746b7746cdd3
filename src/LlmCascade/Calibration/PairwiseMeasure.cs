namespace LlmCascade.Calibration;

/// <summary>Tells of each pair of answers whether they are the same; <see langword="null"/> where it cannot.</summary>
internal sealed class PairwiseMeasure(string id, Func<Generation, Generation, bool?> areSame, bool isEquivalence = false) : IAgreementMeasure
{
    public string Id => id;

    public bool IsEquivalence => isEquivalence;

    public ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answers);
        cancellationToken.ThrowIfCancellationRequested();
        var matrix = new AgreementMatrix(answers.Count);
        for (var first = 0; first < answers.Count; first++)
        {
            for (var second = first + 1; second < answers.Count; second++)
            {
                matrix[first, second] = areSame(answers[first], answers[second]) is { } same ? same ? 1 : 0 : null;
            }
        }

        return new(matrix);
    }
}
