using OpenAI.Chat;

namespace LlmCascade;

/// <summary>Reads log-probabilities out of OpenAI's chat completions.</summary>
internal static class OpenAILogProbabilities
{
    public static IEnumerable<TokenLogProbability>? Read(object rawRepresentation) => rawRepresentation switch
    {
        ChatCompletion whole => whole.ContentTokenLogProbabilities?.Select(Read),
        StreamingChatCompletionUpdate part => part.ContentTokenLogProbabilities?.Select(Read),
        _ => null,
    };

    private static TokenLogProbability Read(ChatTokenLogProbabilityDetails token) => new(token.Token, token.LogProbability)
    {
        Alternatives = token.TopLogProbabilities is { Count: > 0 } top
            ? [.. top.Select(each => new TokenLogProbability(each.Token, each.LogProbability))]
            : [],
    };
}
