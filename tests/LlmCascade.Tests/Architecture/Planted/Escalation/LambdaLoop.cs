namespace LlmCascade.Tests.Architecture.Planted.Escalation;

internal static class LambdaLoop
{
    public static Func<int> Run(int start) => () => start + Agreement.Ensemble.Count;
}
