namespace LlmCascade.Tests.Chaos;

/// <summary>Reads one token from each chunk of text, and its log-probability.</summary>
internal static class TokenReader
{
    /// <summary>Stands for what a provider sends with its chunks.</summary>
    public static object Token { get; } = new TokenLogProbability("chunk", -1);

    public static IEnumerable<TokenLogProbability>? Read(object rawRepresentation) =>
        rawRepresentation is TokenLogProbability token ? [token] : null;
}
