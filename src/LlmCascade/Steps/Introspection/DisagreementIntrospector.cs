namespace LlmCascade.Steps.Introspection;

/// <summary>How much several candidates for the step disagree.</summary>
internal sealed class DisagreementIntrospector : IStepIntrospector
{
    public string Id => "disagreement-v1";

    public bool CanClear => true;

    public ValueTask<StepCheck> CheckAsync(
        GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(step);
        return new(step.Agreement?.Score is { } score
            ? new StepCheck(Id) { ErrorProbability = 1 - score }
            : new StepCheck(Id) { Reason = StepReasons.NoAgreement });
    }
}
