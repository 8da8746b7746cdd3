namespace LlmCascade.Evaluation.Methods;

/// <summary>Finds the method that options ask for.</summary>
internal static class ReplayMethods
{
    public static IReplayMethod For(ReplayOptions options) => options.Method switch
    {
        ReplayMethod.Random => new RandomDeferral(),
        _ => throw new ArgumentException($"The method {options.Method} is not built yet; there is {ReplayMethod.Random}."),
    };
}
