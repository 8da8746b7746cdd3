using System.Diagnostics.CodeAnalysis;
using LlmCascade.Steps.Exams;

namespace LlmCascade.Steps;

/// <summary>Makes rules that find the first wrong step of a trajectory.</summary>
[Experimental("LLMC006")]
public static class StepRule
{
    /// <summary>The source of the checks of steps that a rule found wrong in an exam.</summary>
    public const string Source = "exam-rule-v1";

    /// <summary>The reason in the checks of steps that a rule found wrong in an exam.</summary>
    public const string WrongByRule = "wrong-by-rule";

    /// <summary>Gets the rule of arithmetic tasks: a step is wrong whose last number is neither in the gold solution and its answer nor in the task.</summary>
    /// <value>It finds nothing where the task has no <see cref="LabelledTask.Solution"/>. A right way with other intermediate results than the solution's is found wrong.</value>
    public static IStepRule GoldResults { get; } = new GoldResultsRule();

    /// <summary>Makes the rule that judges the final answer alone, and blames the last step for a wrong or missing one.</summary>
    /// <param name="isRight">
    /// Tells whether a text gives the right answer; <see langword="null"/> to compare what it gives as its answer, by its numbers where the right one is made of numbers, and otherwise by its
    /// words. Thread-safe.
    /// </param>
    /// <returns>The rule.</returns>
    public static IStepRule LastStep(Func<LabelledTask, string, bool>? isRight = null) => Of((task, trajectory) =>
        trajectory is { End: not TrajectoryEnd.Open, Steps: [.., { } last] } && !(trajectory.End == TrajectoryEnd.Answered && (isRight ?? GoldAnswer.IsIn)(task, last.Text))
            ? trajectory.Steps.Length - 1
            : null);

    /// <summary>Makes the rule that finds the first step that an introspector is certain is wrong.</summary>
    /// <param name="validators">Introspectors that need to ask no model, such as a calculator; at least one.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IStepRule Validators(params IReadOnlyList<IStepIntrospector> validators) => new ValidatorsRule(validators);

    /// <summary>Makes the rule that finds the earliest step that one of several finds wrong.</summary>
    /// <param name="rules">The others, at least one.</param>
    /// <returns>The rule.</returns>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static IStepRule Earliest(params IReadOnlyList<IStepRule> rules) => new EarliestRule(rules);

    /// <summary>Makes a rule from a function.</summary>
    /// <param name="findFirstWrong">Gives the number of the first wrong step, from 0, or <see langword="null"/> where it finds none; see <see cref="IStepRule.FindFirstWrongAsync"/>. Thread-safe.</param>
    /// <returns>The rule.</returns>
    public static IStepRule Of(Func<LabelledTask, Trajectory, int?> findFirstWrong)
    {
        ArgumentNullException.ThrowIfNull(findFirstWrong);
        return new FunctionRule(findFirstWrong);
    }

    /// <summary>Tells whether a rule found a step wrong in an exam.</summary>
    internal static bool FoundWrong(ReasoningStep step) => step.Check?.Source == Source;

    /// <summary>Marks a step as one that a rule found wrong.</summary>
    internal static ReasoningStep AsWrong(ReasoningStep step) => new(step.Text, step.Author)
    {
        IsByExpert = step.IsByExpert,
        Check = new StepCheck(Source) { ErrorProbability = 1, Reason = WrongByRule, Parts = step.Check is { } own ? [own] : [] },
    };
}
