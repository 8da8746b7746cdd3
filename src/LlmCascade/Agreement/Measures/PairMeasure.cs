namespace LlmCascade.Agreement.Measures;

/// <summary>A measure that looks at each pair of answers without asking anybody.</summary>
/// <param name="id">A stable name with a version.</param>
/// <param name="compare">Compares two of the answers, by their places.</param>
/// <param name="isEquivalence">Whether agreement is all or nothing, and shared by those who agree with the same one.</param>
internal sealed class PairMeasure(string id, Func<AnswerTexts, int, int, double?> compare, bool isEquivalence = false) : IAgreementMeasure
{
    public PairMeasure(string id, Func<AnswerText, AnswerText, double?> compare, bool isEquivalence = false)
        : this(id, (texts, first, second) => compare(texts.Answer(first), texts.Answer(second)), isEquivalence)
    {
    }

    public string Id => id;

    public bool IsEquivalence => isEquivalence;

    public ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(answers);
        using var texts = AnswerTexts.Of(answers);
        var matrix = new AgreementMatrix(texts.Count);
        for (var second = 1; second < texts.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                matrix[first, second] = compare(texts, first, second);
            }
        }

        return new(matrix);
    }
}
