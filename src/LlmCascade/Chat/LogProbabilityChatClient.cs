using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>Asks a provider for token log-probabilities, and hands out what reads them.</summary>
internal sealed class LogProbabilityChatClient(
    IChatClient innerClient, TokenLogProbabilityReader read, Action<ChatOptions>? ask) : DelegatingChatClient(innerClient)
{
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(messages, Asking(options), cancellationToken);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetStreamingResponseAsync(messages, Asking(options), cancellationToken);

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType == typeof(TokenLogProbabilityReader)
            ? read
            : base.GetService(serviceType, serviceKey);

    private ChatOptions? Asking(ChatOptions? options)
    {
        if (ask is null)
        {
            return options;
        }

        var own = options?.Clone() ?? new ChatOptions();
        ask(own);
        return own;
    }
}
