namespace LlmCascade.Agreement.Measures;

/// <summary>Asks a measure within an attempt, where there is one.</summary>
internal static class MeasureCall
{
    public static ValueTask<AgreementMatrix> AskAsync(
        IAgreementMeasure measure,
        GenerationRequest request,
        IReadOnlyList<Generation> answers,
        AttemptContext? context,
        CancellationToken cancellationToken) =>
        context is null ? measure.MeasureAsync(request, answers, cancellationToken) : measure.MeasureAsync(request, answers, context, cancellationToken);
}
