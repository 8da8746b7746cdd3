using LlmCascade.Deferral;

namespace LlmCascade.Agreement;

/// <summary>Compares answers by a measure, and calls of tools by what they call: those agree fully or not at all, whatever the measure.</summary>
internal static class Comparison
{
    /// <summary>Measures, also what there would be without vetoes.</summary>
    /// <exception cref="InvalidOperationException">The measure gave no matrix of as many answers.</exception>
    public static async ValueTask<(AgreementMatrix Agreement, AgreementMatrix Similarity)> MeasureAsync(
        IAgreementMeasure measure,
        GenerationRequest request,
        IReadOnlyList<Generation> answers,
        AttemptContext? context,
        CancellationToken cancellationToken)
    {
        var (agreement, similarity) = await VetoedMeasure.MeasureBothAsync(measure, request, answers, context, cancellationToken).ConfigureAwait(false);
        var calls = answers.Select(ToolCalls.In).ToList();
        for (var second = 1; second < answers.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                if (ToolCalls.Agree(calls[first], calls[second]) is { } isSame)
                {
                    agreement[first, second] = similarity[first, second] = isSame ? 1 : 0;
                }
            }
        }

        return (agreement, similarity);
    }
}
