using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Faces;

/// <summary>A streaming client that says its next word when the test lets it.</summary>
internal sealed class GatedClient(params string[] words) : IChatClient
{
    private readonly SemaphoreSlim _gate = new(0);
    private volatile int _said;
    private volatile bool _hasEnded;

    public int Said => _said;

    public bool HasEnded => _hasEnded;

    public void Release(int count = 1) => _gate.Release(count);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var word in words)
        {
            await _gate.WaitAsync(cancellationToken);
            yield return new ChatResponseUpdate(ChatRole.Assistant, word);
            _said++;
        }

        await _gate.WaitAsync(cancellationToken);
        _hasEnded = true;
    }

    public object? GetService(Type serviceType, object? serviceKey) => null;

    public void Dispose() => _gate.Dispose();
}
