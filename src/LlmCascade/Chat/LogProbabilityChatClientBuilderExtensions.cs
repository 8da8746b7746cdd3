using LlmCascade.Chat;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Teaches a chat client to supply token log-probabilities.</summary>
public static class LogProbabilityChatClientBuilderExtensions
{
    /// <summary>Lets token confidences be measured on the client's answers, for a provider that LlmCascade has no package for.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="read">Reads the log-probabilities out of the provider's own response or update, thread-safe. What it throws is a failure of the tier.</param>
    /// <param name="ask">Edits a clone of each request's options so that the provider sends them; <see langword="null"/> when it does so unasked.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <remarks>
    /// The raw representation must reach the cascade: a cache between this client and the tier loses it, and with it the
    /// confidence.
    /// </remarks>
    public static ChatClientBuilder UseTokenLogProbabilities(
        this ChatClientBuilder builder, TokenLogProbabilityReader read, Action<ChatOptions>? ask = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(read);
        return builder.Use(inner => new LogProbabilityChatClient(inner, read, ask));
    }
}
