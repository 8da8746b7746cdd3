namespace LlmCascade.Tests.Architecture.Planted.Deferral;

internal static class Threshold
{
    public static int Value => Builder.Count;
}
