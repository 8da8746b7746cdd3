namespace LlmCascade.Tests.Architecture.Planted.Escalation;

internal static class AsyncLoop
{
    public static async Task<int> RunAsync()
    {
        await Task.Yield();
        return Agreement.Ensemble.Count;
    }
}
