using LlmCascade.Agreement;
using Microsoft.Extensions.AI;

namespace LlmCascade.Evaluation.Ensembles;

/// <summary>How much all answers to one prompt agree, and how much they would if no veto counted; nothing is known about who says nothing.</summary>
internal sealed record MeasuredPrompt(AgreementMatrix Agreement, AgreementMatrix Similarity)
{
    /// <summary>Measures the answers to every prompt.</summary>
    public static async Task<MeasuredPrompt[]> AllOfAsync(AnswerTable table, IAgreementMeasure measure, CancellationToken cancellationToken)
    {
        var measured = new MeasuredPrompt[table.Count];
        await Parallel.ForAsync(0, table.Count, cancellationToken, async (prompt, token) =>
            measured[prompt] = await OfAsync(table.Requests[prompt], table.Texts[prompt], measure, token).ConfigureAwait(false)).ConfigureAwait(false);
        return measured;
    }

    private static async Task<MeasuredPrompt> OfAsync(
        GenerationRequest request, string?[] texts, IAgreementMeasure measure, CancellationToken cancellationToken)
    {
        int[] present = [.. Enumerable.Range(0, texts.Length).Where(i => texts[i] is not null)];
        var all = new MeasuredPrompt(new AgreementMatrix(texts.Length), new AgreementMatrix(texts.Length));
        if (present.Length < 2)
        {
            return all;
        }

        var answers = Array.ConvertAll(present, i => new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, texts[i]))));
        var (agreement, similarity) = await VetoedMeasure.MeasureBothAsync(measure, request, answers, context: null, cancellationToken).ConfigureAwait(false);
        Copy(agreement, all.Agreement);
        Copy(similarity, all.Similarity);
        return all;

        void Copy(AgreementMatrix from, AgreementMatrix to)
        {
            for (var second = 1; second < present.Length; second++)
            {
                for (var first = 0; first < second; first++)
                {
                    to[present[first], present[second]] = from[first, second];
                }
            }
        }
    }
}
