using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Agreement;

/// <summary>Measures two answers, in both orders, which must make no difference.</summary>
internal static class Pair
{
    public static GenerationRequest Request { get; } = new("How long?");

    public static Generation Answer(string text) => new ScriptedReply(text).ToGeneration();

    public static Task<double?> MeasureAsync(IAgreementMeasure measure, string first, string second) =>
        MeasureAsync(measure, Answer(first), Answer(second));

    public static async Task<double?> MeasureAsync(IAgreementMeasure measure, Generation first, Generation second)
    {
        var matrix = await measure.MeasureAsync(Request, [first, second]);
        var reversed = await measure.MeasureAsync(Request, [second, first]);
        Assert.Equal(matrix[0, 1], reversed[0, 1]);
        return matrix[0, 1];
    }
}
