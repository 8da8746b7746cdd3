namespace LlmCascade.Steps.Reports;

/// <summary>Finds in an attempt tree what belongs to the steps of a task.</summary>
internal static class StepAttempts
{
    /// <summary>Finds the attempts that stand for steps.</summary>
    public static IEnumerable<Attempt> StepsIn(Attempt root) =>
        root.Role == AttemptRole.Step ? [root] : root.Children.SelectMany(StepsIn);

    /// <summary>Tells whether the first version of a step was passed on because of its check, whatever came of that.</summary>
    /// <param name="step">The step.</param>
    /// <param name="attempt">The attempt that stands for it; <see langword="null"/> where there is none.</param>
    public static bool IsAlarm(ReasoningStep step, Attempt? attempt) => attempt?.Children.FirstOrDefault(child => child.Generation?.Check is not null) is { } first
        ? first is { Verdict.IsDeferral: true, Generation.Check.ErrorProbability: not null }
        : step.Rejected is [{ Check.ErrorProbability: not null }, ..];

    /// <summary>Finds what the expert was asked within a step. A tier that sits in the expert's place signs its answers.</summary>
    public static IEnumerable<Attempt> ExpertCallsIn(Attempt attempt) =>
        attempt is { Role: AttemptRole.Expert, Generation: null or { Author: null } } ? [attempt] : attempt.Children.SelectMany(ExpertCallsIn);

    /// <summary>Finds the outermost attempts that judge.</summary>
    public static IEnumerable<Attempt> JudgesIn(Attempt attempt) =>
        attempt.Role == AttemptRole.Judge ? [attempt] : attempt.Children.SelectMany(JudgesIn);

    /// <summary>Finds how many tokens the first call read whose tokens are known; <see langword="null"/> where there is none.</summary>
    public static long? FirstInputIn(Attempt attempt) =>
        attempt.Usage?.InputTokenCount ?? attempt.Children.Select(FirstInputIn).FirstOrDefault(input => input is not null);
}
