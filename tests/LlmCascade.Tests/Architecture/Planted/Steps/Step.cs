namespace LlmCascade.Tests.Architecture.Planted.Steps;

internal readonly record struct Step(int Number);
