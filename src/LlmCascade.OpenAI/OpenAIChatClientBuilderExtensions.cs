using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace LlmCascade;

/// <summary>Teaches OpenAI's chat client to supply token log-probabilities.</summary>
public static class OpenAIChatClientBuilderExtensions
{
    private const int MostAlternatives = 20;

    /// <summary>Asks for token log-probabilities with each request, and lets token confidences be measured on the answers, streamed and not.</summary>
    /// <param name="builder">A pipeline around <c>chatClient.AsIChatClient()</c> of Microsoft.Extensions.AI.OpenAI.</param>
    /// <param name="topAlternatives">How many of the most probable tokens come with each token, from 0 to 20; each makes the response larger.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <remarks>
    /// <para>
    /// The caller's own <see cref="ChatOptions.RawRepresentationFactory"/> is called first, and log-probabilities are
    /// added to the <see cref="ChatCompletionOptions"/> that it makes; a number of alternatives that it sets is kept.
    /// </para>
    /// <para>
    /// Reasoning models refuse requests for log-probabilities, and answers that only call tools have none. When the
    /// pipeline is built, an <see cref="InvalidOperationException"/> says so where there is no OpenAI chat client in it,
    /// such as one of the Responses API.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="topAlternatives"/> is outside its range.</exception>
    public static ChatClientBuilder UseOpenAILogProbabilities(this ChatClientBuilder builder, int topAlternatives = 0)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfNegative(topAlternatives);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(topAlternatives, MostAlternatives);
        builder.Use(inner => inner.GetService<ChatClient>() is not null
            ? inner
            : throw new InvalidOperationException(
                "There is no OpenAI.Chat.ChatClient in the pipeline whose log-probabilities could be read. Wrap openAI.GetChatClient(…).AsIChatClient()."));
        return builder.UseTokenLogProbabilities(OpenAILogProbabilities.Read, options => Ask(options, topAlternatives));
    }

    private static void Ask(ChatOptions options, int topAlternatives)
    {
        var own = options.RawRepresentationFactory;
        options.RawRepresentationFactory = client =>
        {
            // Whatever else a factory returns, Microsoft.Extensions.AI.OpenAI leaves aside too.
            var raw = own?.Invoke(client) as ChatCompletionOptions ?? new ChatCompletionOptions();
            raw.IncludeLogProbabilities = true;
            if (topAlternatives > 0)
            {
                raw.TopLogProbabilityCount ??= topAlternatives;
            }

            return raw;
        };
    }
}
