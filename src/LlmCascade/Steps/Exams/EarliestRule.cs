namespace LlmCascade.Steps.Exams;

/// <summary>Takes the earliest step that one of several rules finds wrong.</summary>
internal sealed class EarliestRule : IStepRule
{
    private readonly IStepRule[] _rules;

    public EarliestRule(IReadOnlyList<IStepRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _rules = rules.Count > 0 && rules.All(rule => rule is not null) ? [.. rules] : throw new ArgumentException("Give at least one rule, and none that is null.", nameof(rules));
    }

    public async ValueTask<int?> FindFirstWrongAsync(LabelledTask task, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        int? earliest = null;
        foreach (var rule in _rules)
        {
            var place = await rule.FindFirstWrongAsync(task, trajectory, cancellationToken);
            earliest = place < earliest || earliest is null ? place : earliest;
        }

        return earliest;
    }
}
