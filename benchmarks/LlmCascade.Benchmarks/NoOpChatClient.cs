using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace LlmCascade.Benchmarks;

/// <summary>A model that costs nothing to ask: what a benchmark then measures is everything around it.</summary>
/// <remarks>It completes synchronously and hands out shared instances, so it allocates next to nothing itself.</remarks>
internal sealed class NoOpChatClient : IChatClient
{
    private static readonly TokenLogProbability[] _tokens = [new("Paris", -0.1)];

    private readonly Task<ChatResponse> _response;
    private readonly ChatResponseUpdate[] _updates;

    public NoOpChatClient(int updateCount = 1)
    {
        var words = Enumerable.Repeat("Paris is the capital of France. ", updateCount).ToArray();
        var usage = new UsageDetails { InputTokenCount = 120, OutputTokenCount = 40, TotalTokenCount = 160 };
        _response = Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, string.Concat(words)))
        {
            ResponseId = "response",
            ModelId = "no-op",
            FinishReason = ChatFinishReason.Stop,
            Usage = usage,
        });
        _updates =
        [
            .. words.Select(word => Update(new TextContent(word))),
            new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(usage)]) { ResponseId = "response", MessageId = "message" },
        ];
        _updates[^1].FinishReason = ChatFinishReason.Stop;
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => _response;

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await ValueTask.CompletedTask;
        foreach (var update in _updates)
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content])
    {
        ResponseId = "response",
        MessageId = "message",
        ModelId = "no-op",
        RawRepresentation = _tokens,
    };
}
