using System.Text.Json;
using LlmCascade.Deferral;
using Microsoft.Extensions.AI;

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
        var calls = answers.Select(CallsIn).ToList();
        if (calls.TrueForAll(each => each.Count == 0))
        {
            return (agreement, similarity);
        }

        for (var second = 1; second < answers.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                if (calls[first].Count + calls[second].Count > 0)
                {
                    var isSame = calls[first].Count == calls[second].Count && calls[first].Zip(calls[second]).All(pair => AreSame(pair.First, pair.Second));
                    agreement[first, second] = similarity[first, second] = isSame ? 1 : 0;
                }
            }
        }

        return (agreement, similarity);
    }

    /// <summary>Checks what a measure gave.</summary>
    /// <exception cref="InvalidOperationException">It is no matrix of as many answers.</exception>
    public static AgreementMatrix Checked(IAgreementMeasure measure, AgreementMatrix? matrix, int answers) => matrix?.Count == answers
        ? matrix
        : throw new InvalidOperationException($"The measure {measure.Id} gave {(matrix is null ? "nothing" : $"the agreements of {matrix.Count} answers")}, and there are {answers}.");

    /// <summary>Gets whether an answer calls tools.</summary>
    public static bool CallsTools(Generation answer) => CallsIn(answer).Count > 0;

    private static List<FunctionCallContent> CallsIn(Generation answer) =>
        [.. answer.Response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()];

    private static bool AreSame(FunctionCallContent first, FunctionCallContent second) =>
        first.Name == second.Name
        && ValidityPolicy.ToJson(first.Arguments) is { } one
        && ValidityPolicy.ToJson(second.Arguments) is { } other
        && JsonElement.DeepEquals(one, other);
}
