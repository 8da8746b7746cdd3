using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Exams;

/// <summary>Asks introspectors about each step in its turn.</summary>
internal sealed class ValidatorsRule : IStepRule
{
    private readonly IStepIntrospector[] _validators;

    public ValidatorsRule(IReadOnlyList<IStepIntrospector> validators)
    {
        ArgumentNullException.ThrowIfNull(validators);
        _validators = validators.Count > 0 && validators.All(validator => validator is not null)
            ? [.. validators]
            : throw new ArgumentException("Give at least one introspector, and none that is null.", nameof(validators));
    }

    public async ValueTask<int?> FindFirstWrongAsync(LabelledTask task, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(trajectory);
        for (var place = 0; place < trajectory.Steps.Length; place++)
        {
            var before = trajectory with { Steps = trajectory.Steps[..place], End = TrajectoryEnd.Open, HandedOverAt = null };
            var request = new GenerationRequest(trajectory.Task) { Trajectory = before };
            var step = new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, trajectory.Steps[place].Text)));
            foreach (var validator in _validators)
            {
                if ((await validator.CheckAsync(request, step, context: null, cancellationToken)).ErrorProbability >= 1)
                {
                    return place;
                }
            }
        }

        return null;
    }
}
