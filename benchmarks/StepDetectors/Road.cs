using System.Collections.Immutable;
using LlmCascade.Steps;

namespace StepDetectors;

/// <summary>The results that lead to the right answer of a question, and where a solution leaves them.</summary>
internal sealed class Road
{
    private const string AnswerMark = "A:";

    private readonly List<double> _results;

    public Road(Question question)
    {
        Given = StepResult.NumbersIn(question.Prompt);
        var marked = StepResult.MarkedIn(question.GoldSolution);
        IsKnown = marked.Count > 0;
        _results = [.. marked, .. StepResult.NumbersIn(question.Gold)];
    }

    /// <summary>Gets whether the solution that is known to be right has results.</summary>
    public bool IsKnown { get; }

    /// <summary>Gets the numbers of the task.</summary>
    public IReadOnlyList<double> Given { get; }

    /// <summary>Splits a recorded solution into its steps; the last line repeats the result, and is none.</summary>
    public static ImmutableArray<string> StepsOf(Solution solution) =>
        [.. StepBoundary.Line.Split(solution.Text).Where(step => !step.StartsWith(AnswerMark, StringComparison.Ordinal))];

    /// <summary>Finds what a step comes to.</summary>
    public double? ResultOf(string step) => StepResult.Of(step, Given);

    /// <summary>Tells whether a step leaves the road where the last number of each step counts as its result.</summary>
    public bool AnyLastNumberLeaves(ImmutableArray<string> steps) =>
        steps.Any(step => StepResult.LastIn(step) is { } last && !StepResult.Contains(_results, last));

    /// <summary>Finds the first step whose result is not on the road, counted from 0; <see langword="null"/> where none leaves it.</summary>
    public int? FindDeparture(ImmutableArray<string> steps)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            if (ResultOf(steps[i]) is { } result && !StepResult.Contains(_results, result))
            {
                return i;
            }
        }

        return null;
    }
}
