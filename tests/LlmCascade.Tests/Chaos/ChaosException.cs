namespace LlmCascade.Tests.Chaos;

/// <summary>What the scripts throw, so that it is recognised wherever it turns up.</summary>
internal sealed class ChaosException(string message) : Exception($"{Mark}: {message}")
{
    /// <summary>Stands in every message of the suite, and in the name of every tier, so also in the library's messages about them.</summary>
    public const string Mark = "chaos";

    /// <summary>Gets whether an exception comes from a chaos script, directly or as the cause of another.</summary>
    public static bool IsBehind(Exception exception) =>
        exception.Message.Contains(Mark, StringComparison.Ordinal)
        || (exception is AggregateException many && many.InnerExceptions.Any(IsBehind))
        || (exception.InnerException is { } inner && IsBehind(inner));
}
