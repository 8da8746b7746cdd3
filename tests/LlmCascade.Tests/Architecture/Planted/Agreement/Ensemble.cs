namespace LlmCascade.Tests.Architecture.Planted.Agreement;

internal static class Ensemble
{
    public static int Count => new Steps.Step().Number;
}
