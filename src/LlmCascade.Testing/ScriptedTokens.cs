using Microsoft.Extensions.AI;

namespace LlmCascade.Testing;

/// <summary>What a scripted provider's own response or update holds: the tokens that it brings.</summary>
internal sealed record ScriptedTokens(IReadOnlyList<TokenLogProbability> Tokens)
{
    public static IReadOnlyList<TokenLogProbability>? Read(object? rawRepresentation) =>
        (rawRepresentation as ScriptedTokens)?.Tokens;

    /// <summary>Finds the tokens of the updates that came.</summary>
    public static IReadOnlyList<TokenLogProbability> Read(IEnumerable<ChatResponseUpdate> updates) =>
        [.. updates.SelectMany(update => Read(update.RawRepresentation) ?? [])];
}
