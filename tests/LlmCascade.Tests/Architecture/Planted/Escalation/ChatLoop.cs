using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Architecture.Planted.Escalation;

internal static class ChatLoop
{
    public static bool Knows(object candidate) => candidate is IChatClient;
}
