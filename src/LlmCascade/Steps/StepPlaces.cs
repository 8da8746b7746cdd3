using System.Collections.Immutable;

namespace LlmCascade.Steps;

/// <summary>Finds steps.</summary>
internal static class StepPlaces
{
    /// <summary>Finds the number of the first step that is looked for; -1 where there is none.</summary>
    public static int IndexOfFirst(this ImmutableArray<ReasoningStep> steps, Func<ReasoningStep, bool> isLookedFor)
    {
        for (var place = 0; place < steps.Length; place++)
        {
            if (isLookedFor(steps[place]))
            {
                return place;
            }
        }

        return -1;
    }
}
