namespace LlmCascade.Steps.Validators;

/// <summary>Finds a flaw of a step without asking any model, or cannot tell.</summary>
internal abstract class StepValidator(string id) : IStepIntrospector
{
    public string Id => id;

    public bool CanClear => false;

    public ValueTask<StepCheck> CheckAsync(
        GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(step);
        return new(FindFlaw(request, step) is { } flaw
            ? new StepCheck(id) { ErrorProbability = 1, Reason = flaw.Reason, Explanation = flaw.Explanation }
            : new StepCheck(id));
    }

    protected abstract StepFlaw? FindFlaw(GenerationRequest request, Generation step);
}
