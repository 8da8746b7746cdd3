using System.Collections.Immutable;

namespace StepDetectors;

/// <summary>A solution's steps, and where it leaves the road.</summary>
/// <param name="Question">The question.</param>
/// <param name="Solution">The solution.</param>
/// <param name="Road">The road of the question.</param>
/// <param name="Steps">The steps, without the line that gives the answer.</param>
/// <param name="Departure">The first step whose result is not on the road, counted from 0.</param>
internal sealed record LabelledSolution(Question Question, Solution Solution, Road Road, ImmutableArray<string> Steps, int? Departure)
{
    /// <summary>Gets whether any step has a result, and the road too.</summary>
    public bool HasResults => Road.IsKnown && Steps.Any(step => Road.ResultOf(step) is not null);

    /// <summary>Gets whether it can be told which step is wrong: nowhere in a wrong solution that never leaves.</summary>
    public bool IsCovered => HasResults && (Solution.IsRight || Departure is not null);

    /// <summary>Gets how many of its steps are scored: all of a right solution, those up to the first wrong one of a wrong solution.</summary>
    public int Scored => Solution.IsRight ? Steps.Length : Departure!.Value + 1;

    public static LabelledSolution Of(Question question, Solution solution)
    {
        var road = new Road(question);
        var steps = Road.StepsOf(solution);
        return new(question, solution, road, steps, road.IsKnown ? road.FindDeparture(steps) : null);
    }

    /// <summary>Tells whether a step is the first wrong one.</summary>
    public bool IsFirstWrong(int step) => !Solution.IsRight && step == Departure;

    /// <summary>Tells whether a step stands on the road, or is the first wrong one: not so behind where a right solution goes its own way.</summary>
    public bool IsBeforeLeaving(int step) => IsFirstWrong(step) || Departure is null || step < Departure;
}
