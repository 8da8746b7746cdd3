using System.Text.Json;
using LlmCascade.Calibration;

namespace LlmCascade.Agreement.Measures;

/// <summary>Whether two answers come to the same.</summary>
internal static class AnswerComparison
{
    public static double? OfConclusions(AnswerTexts texts, int first, int second)
    {
        if (texts.Conclusion(first) is not { } one || texts.Conclusion(second) is not { } other)
        {
            return null;
        }

        var same = NumbersInText.Agree(NumbersInText.Of(one), NumbersInText.Of(other)) ?? PlainText.Of(one) == PlainText.Of(other);
        return same ? 1 : 0;
    }

    public static double? OfJson(AnswerTexts texts, int first, int second) =>
        texts.Json(first) is { } one && texts.Json(second) is { } other
            ? JsonElement.DeepEquals(one.RootElement, other.RootElement) ? 1 : 0
            : null;
}
