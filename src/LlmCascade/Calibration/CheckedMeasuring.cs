namespace LlmCascade.Calibration;

/// <summary>Measures with what a host may have written, and does not trust it.</summary>
internal static class CheckedMeasuring
{
    /// <summary>Measures, and checks what came of it.</summary>
    /// <exception cref="InvalidOperationException">The measure gave no matrix of as many answers.</exception>
    public static async ValueTask<AgreementMatrix> MeasureCheckedAsync(
        this IAgreementMeasure measure, GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context, CancellationToken cancellationToken)
    {
        var matrix = await measure.MeasureAsync(request, answers, context, cancellationToken).ConfigureAwait(false);
        return matrix?.Count == answers.Count
            ? matrix
            : throw new InvalidOperationException($"The measure {measure.Id} gave {(matrix is null ? "nothing" : $"the agreements of {matrix.Count} answers")}, and there are {answers.Count}.");
    }
}
