namespace LlmCascade.Evaluation.Methods;

/// <summary>Finds the method that options ask for.</summary>
internal static class ReplayMethods
{
    public static IReplayMethod For(ReplayOptions options) => options.Method switch
    {
        ReplayMethod.Random => new RandomDeferral(),
        ReplayMethod.Distilled => new DistilledMethod(),
        ReplayMethod.Ensemble => new EnsembleMethod(),
        _ => new CascadeMethod(),
    };
}
