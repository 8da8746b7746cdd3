namespace LlmCascade.Tests.Architecture.Planted.Annex;

internal static class Shed;
