using Microsoft.Extensions.AI;

namespace LlmCascade.Testing;

/// <summary>One request that a scripted chat client got, as it came.</summary>
/// <param name="Messages">The messages.</param>
/// <param name="Options">The options.</param>
/// <param name="IsStreaming">Whether a streamed reply was asked for.</param>
public sealed record ScriptedCall(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options, bool IsStreaming);
