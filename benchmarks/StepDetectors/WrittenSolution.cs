using System.Collections.Immutable;
using LlmCascade;

namespace StepDetectors;

/// <summary>What a model wrote step by step, and where it leaves the road.</summary>
/// <param name="Question">The question.</param>
/// <param name="Steps">The steps, the one that gives the answer among them.</param>
/// <param name="IsAnswered">Whether it came to an answer.</param>
/// <param name="IsRight">Whether that is the right one.</param>
/// <param name="Departure">The first step whose result is not on the road, counted from 0.</param>
internal sealed record WrittenSolution(Question Question, ImmutableArray<ReasoningStep> Steps, bool IsAnswered, bool IsRight, int? Departure)
{
    /// <summary>Gets whether it can be told which step is wrong.</summary>
    public bool IsCovered => IsRight || Departure is not null;

    /// <summary>Gets how many of its steps are scored: those before it leaves the road, and the first wrong one of a wrong solution.</summary>
    public int Scored => IsRight ? Departure ?? Steps.Length : Departure!.Value + 1;

    /// <summary>Tells whether a step is the first wrong one.</summary>
    public bool IsFirstWrong(int step) => !IsRight && step == Departure;
}
