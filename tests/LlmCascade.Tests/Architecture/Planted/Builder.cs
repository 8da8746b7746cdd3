namespace LlmCascade.Tests.Architecture.Planted;

internal static class Builder
{
    public static int Count => Agreement.Ensemble.Count;
}
