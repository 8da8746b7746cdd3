using LlmCascade.Calibration;

namespace LlmCascade.Steps.Exams;

/// <summary>Compares the last number of each step with those of the gold solution.</summary>
internal sealed class GoldResultsRule : IStepRule
{
    public ValueTask<int?> FindFirstWrongAsync(LabelledTask task, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(trajectory);
        if (task.Solution is not { Count: > 0 } solution)
        {
            return new((int?)null);
        }

        var known = solution.Append(task.Answer).Concat(task.Messages.Select(message => message.Text)).SelectMany(NumbersInText.Of).ToHashSet();
        var place = trajectory.Steps.IndexOfFirst(step => NumbersInText.Of(step.Text) is [.., var result] && !known.Contains(result));
        return new(place < 0 ? null : place);
    }
}
