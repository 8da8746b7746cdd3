namespace LlmCascade.Steps.Exams;

/// <summary>Asks a function.</summary>
internal sealed class FunctionRule(Func<LabelledTask, Trajectory, int?> findFirstWrong) : IStepRule
{
    public ValueTask<int?> FindFirstWrongAsync(LabelledTask task, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(trajectory);
        return new(findFirstWrong(task, trajectory));
    }
}
