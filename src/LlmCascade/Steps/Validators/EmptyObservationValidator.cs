using LlmCascade.Calibration;

namespace LlmCascade.Steps.Validators;

/// <summary>Suspects the step behind an action that brought nothing.</summary>
internal sealed class EmptyObservationValidator() : StepValidator("empty-observation-1")
{
    private const int LongestSaying = 40;

    protected override StepFlaw? FindFlaw(GenerationRequest request, Generation step)
    {
        var isEmpty = ToolHistory.LatestResults(request.Messages).Any(result => result.Exception is null && IsEmpty(ToolHistory.TextOf(result.Result)))
            || request.Trajectory?.Steps is [.., { Observation: { } observation }] && IsEmpty(observation);
        return isEmpty
            ? new(StepReasons.EmptyObservation, "the action before it brought no result, so that nothing may be built on one")
            : null;
    }

    private static bool IsEmpty(string? result)
    {
        if (result is null)
        {
            return false;
        }

        var text = result.AsSpan().Trim();
        if (text is ['[', .., ']'] or ['{', .., '}'])
        {
            return text[1..^1].IsWhiteSpace();
        }

        return text.Length <= LongestSaying && PlainText.Of(text.ToString())
            is "" or "null" or "none" or "nothing" or "empty" or "no result" or "no results" or "no results found" or "no data" or "no matches" or "no matches found"
            or "not found" or "nothing found" or "nothing was found";
    }
}
