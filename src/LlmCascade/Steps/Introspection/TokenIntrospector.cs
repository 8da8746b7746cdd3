using LlmCascade.Calibration;

namespace LlmCascade.Steps.Introspection;

/// <summary>How unsure the model was of the step's tokens.</summary>
internal sealed class TokenIntrospector(TokenConfidence measure) : IStepIntrospector
{
    public string Id { get; } = $"tokens-v1 {measure}";

    public bool CanClear => true;

    public ValueTask<StepCheck> CheckAsync(
        GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(step);
        var confidence = measure.Measure(step.Tokens ?? []);
        return new(confidence.HasValue
            ? new StepCheck(Id) { ErrorProbability = 1 - confidence.Value }
            : new StepCheck(Id) { Reason = StepReasons.NoProbabilities });
    }
}
