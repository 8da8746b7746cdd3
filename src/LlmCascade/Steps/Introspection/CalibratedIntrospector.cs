namespace LlmCascade.Steps.Introspection;

/// <summary>What a calibrator makes of what several introspectors say.</summary>
internal sealed class CalibratedIntrospector(StepCalibrator calibrator, IntrospectorsInTurn introspectors, string id) : IStepIntrospector
{
    public StepCalibrator Calibrator => calibrator;

    public IReadOnlyList<IStepIntrospector> Parts => introspectors.All;

    public string Id => id;

    public bool CanClear => true;

    public async ValueTask<StepCheck> CheckAsync(
        GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(step);
        var (parts, certain) = await introspectors.AskAsync(request, step, context, static each => !each.CanClear, cancellationToken).ConfigureAwait(false);
        if (certain is not null)
        {
            return new StepCheck(id) { ErrorProbability = 1, Reason = certain.Reason, Explanation = certain.Explanation, Parts = parts, Calibrator = calibrator };
        }

        var features = CalibrationFeatures.Of(request, step, parts);
        var probability = calibrator.Predict(features);
        var suspicious = IntrospectorsInTurn.MostSuspicious(parts);
        return new StepCheck(id)
        {
            ErrorProbability = probability,
            Reason = probability is null ? StepReasons.Untrained : suspicious?.Reason,
            Explanation = suspicious?.Explanation,
            Parts = parts,
            Features = features,
            Calibrator = calibrator,
        };
    }
}
