using LlmCascade.Agreement.Measures;
using LlmCascade.Calibration;

namespace LlmCascade.Agreement;

/// <summary>A measure that others override: where one of them says that two answers do not agree at all, they do not.</summary>
internal sealed class VetoedMeasure(string id, IAgreementMeasure inner, IReadOnlyList<IAgreementMeasure> vetoes) : IAgreementMeasure
{
    public string Id => id;

    public async ValueTask<AgreementMatrix> MeasureAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context = null, CancellationToken cancellationToken = default) =>
        (await MeasureBothAsync(request, answers, context, cancellationToken).ConfigureAwait(false)).Agreement;

    /// <summary>Measures with any measure, and tells also what it said before vetoes; for one without vetoes that is the same.</summary>
    public static async ValueTask<(AgreementMatrix Agreement, AgreementMatrix Similarity)> MeasureBothAsync(
        IAgreementMeasure measure,
        GenerationRequest request,
        IReadOnlyList<Generation> answers,
        AttemptContext? context,
        CancellationToken cancellationToken)
    {
        if (measure is VetoedMeasure vetoed)
        {
            return await vetoed.MeasureBothAsync(request, answers, context, cancellationToken).ConfigureAwait(false);
        }

        var matrix = await measure.MeasureCheckedAsync(request, answers, context, cancellationToken).ConfigureAwait(false);
        return (matrix, matrix);
    }

    private async ValueTask<(AgreementMatrix Agreement, AgreementMatrix Similarity)> MeasureBothAsync(
        GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context, CancellationToken cancellationToken)
    {
        using var texts = AnswerTexts.Of(answers);
        var similarity = await inner.MeasureCheckedAsync(request, texts, context, cancellationToken).ConfigureAwait(false);
        var agreement = new AgreementMatrix(answers.Count);
        Copy(similarity, agreement, static value => true);
        foreach (var veto in vetoes)
        {
            Copy(await veto.MeasureCheckedAsync(request, texts, context, cancellationToken).ConfigureAwait(false), agreement, static value => value == 0);
        }

        return (agreement, similarity);
    }

    private static void Copy(AgreementMatrix from, AgreementMatrix to, Func<double?, bool> counts)
    {
        for (var second = 1; second < from.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                to[first, second] = counts(from[first, second]) ? from[first, second] : to[first, second];
            }
        }
    }
}
