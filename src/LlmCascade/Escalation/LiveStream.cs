using System.Threading.Channels;
using Microsoft.Extensions.AI;

namespace LlmCascade.Escalation;

/// <summary>The bridge from the loop, which pushes updates, to the caller, who pulls them.</summary>
internal sealed class LiveStream
{
    // Enough to keep a fast model and a slow consumer from waking each other for every token.
    private const int Capacity = 64;

    private readonly Channel<ChatResponseUpdate> _channel = Channel.CreateBounded<ChatResponseUpdate>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = false });

    private string? _messageId;
    private string? _stampedId;
    private string? _aliasedId;

    /// <summary>Gets the id of the last shown message, which the closing update carries.</summary>
    public string MessageId => _messageId ??= NewMessageId();

    /// <summary>Gets the role of the last shown message.</summary>
    public ChatRole Role { get; private set; } = ChatRole.Assistant;

    /// <summary>Gets the id of the last shown response.</summary>
    public string? ResponseId { get; private set; }

    public ChannelReader<ChatResponseUpdate> Reader => _channel.Reader;

    /// <summary>Shows a prepared update; time limits stand still while the consumer has no room.</summary>
    public ValueTask WriteAsync(ChatResponseUpdate shown, Countdown? countdown, CancellationToken cancellationToken) =>
        _channel.Writer.TryWrite(shown) ? default : WaitToWriteAsync(shown, countdown, cancellationToken);

    public void Complete() => _channel.Writer.TryComplete();

    /// <summary>Copies an update as the caller may see it: without the attempt's usage, with a message id.</summary>
    /// <returns>The copy; <see langword="null"/> when nothing is left, or when it says that the model failed.</returns>
    public ChatResponseUpdate? Prepare(ChatResponseUpdate update, bool hidesConversation)
    {
        for (var i = 0; i < update.Contents.Count; i++)
        {
            if (update.Contents[i] is ErrorContent)
            {
                return null;
            }
        }

        var shown = update.Clone();
        shown.Contents = Copies.OfContents(update.Contents);
        shown.AdditionalProperties = update.AdditionalProperties is { } properties ? new(properties) : null;
        if (hidesConversation)
        {
            shown.ConversationId = null;
            shown.ContinuationToken = null;
        }

        if (shown.Contents.Count > 0)
        {
            // Without an id, Microsoft.Extensions.AI would put the closing update's properties on the response, where
            // function-invoking clients lose them.
            shown.MessageId = _messageId = StableMessageId(shown.MessageId);
            Role = shown.Role ?? Role;
        }
        else if (update.Contents.Count > 0 && SaysNothing(shown))
        {
            return null;
        }

        ResponseId = shown.ResponseId ?? ResponseId;
        return shown;
    }

    private static bool SaysNothing(ChatResponseUpdate update) => update is
    {
        FinishReason: null,
        ModelId: null,
        ResponseId: null,
        ConversationId: null,
        ContinuationToken: null,
        AdditionalProperties: null,
    };

    private async ValueTask WaitToWriteAsync(
        ChatResponseUpdate shown, Countdown? countdown, CancellationToken cancellationToken)
    {
        countdown?.Pause();
        try
        {
            await _channel.Writer.WriteAsync(shown, cancellationToken);
        }
        finally
        {
            countdown?.Resume();
        }
    }

    // An id that a provider sends late names the message that was stamped before it.
    private string StableMessageId(string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            return _messageId ?? (_stampedId = NewMessageId());
        }

        if (_stampedId is not null && (_aliasedId ??= id) == id)
        {
            return _stampedId;
        }

        return id;
    }

    private static string NewMessageId() => "msg-" + Guid.NewGuid().ToString("N");
}
