using LlmCascade.Calibration;

namespace LlmCascade.Steps.Introspection;

/// <summary>What the first one says that is certain, or the most suspicious one.</summary>
internal sealed class FirstCertainIntrospector(IntrospectorsInTurn introspectors) : IStepIntrospector
{
    public IReadOnlyList<IStepIntrospector> Parts => introspectors.All;

    public string Id { get; } = ComposedId.Of("first-certain-v1", introspectors.Ids);

    public bool CanClear => introspectors.CanClear;

    public async ValueTask<StepCheck> CheckAsync(
        GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(step);
        var (parts, certain) = await introspectors.AskAsync(request, step, context, static _ => true, cancellationToken).ConfigureAwait(false);
        var decisive = certain ?? IntrospectorsInTurn.MostSuspicious(parts);
        return new StepCheck(Id)
        {
            ErrorProbability = decisive?.ErrorProbability,
            Reason = decisive?.Reason,
            Explanation = decisive?.Explanation,
            Parts = parts,
        };
    }
}
