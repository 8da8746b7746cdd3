using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;
using LlmCascade.Deferral;

namespace LlmCascade.Steps;

/// <summary>Measures of whether two steps come to the same.</summary>
[Experimental("LLMC006")]
public static class StepMeasure
{
    /// <summary>Gets the measure of results: 1 where two steps come to the same, 0 where they do not. It can always tell.</summary>
    /// <value>
    /// Two steps that call tools come to the same where the names and the arguments are equal as JSON, and never the same as one that calls
    /// none. Otherwise the last number of each decides, however it is written; where only one has numbers they differ, and where none has,
    /// the words decide, whatever their case and their punctuation. Two steps of one result by different ways come to the same.
    /// </value>
    public static IAgreementMeasure SameResult { get; } = new PairwiseMeasure("step-result-v1", ComeToTheSame, isEquivalence: true);

    private static bool? ComeToTheSame(Generation first, Generation second)
    {
        if (ToolCalls.Agree(ToolCalls.In(first), ToolCalls.In(second)) is { } callTheSame)
        {
            return callTheSame;
        }

        var (one, other) = (first.Response.Text, second.Response.Text);
        return (NumbersInText.Of(one), NumbersInText.Of(other)) switch
        {
            ([.., var last], [.., var otherLast]) => last == otherLast,
            ([], []) => PlainText.Of(one) == PlainText.Of(other),
            _ => false,
        };
    }
}
