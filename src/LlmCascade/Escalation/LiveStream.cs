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

    /// <summary>Gets whether anything was shown.</summary>
    public bool HasEmitted { get; private set; }

    /// <summary>Gets the id of the last shown message, which the closing update carries.</summary>
    public string MessageId => _messageId ??= NewMessageId();

    /// <summary>Gets the id of the last shown response.</summary>
    public string? ResponseId { get; private set; }

    public ChannelReader<ChatResponseUpdate> Reader => _channel.Reader;

    /// <summary>Shows a copy of an update; time limits stand still while the consumer has no room.</summary>
    public ValueTask WriteAsync(
        ChatResponseUpdate update, bool hidesConversation, Countdown? countdown, CancellationToken cancellationToken)
    {
        if (Prepare(update, hidesConversation) is not { } shown)
        {
            return default;
        }

        HasEmitted = true;
        return _channel.Writer.TryWrite(shown) ? default : WaitToWriteAsync(shown, countdown, cancellationToken);
    }

    public void Complete(Exception? failure = null) => _channel.Writer.TryComplete(failure);

    /// <summary>Copies an update as the caller may see it: without the attempt's usage, with a message id. Nothing is left of some.</summary>
    public ChatResponseUpdate? Prepare(ChatResponseUpdate update, bool hidesConversation = false)
    {
        var shown = update.Clone();
        shown.Contents = WithoutUsage(update.Contents);
        if (shown.Contents.Count == 0 && update.Contents.Count > 0 && shown.FinishReason is null)
        {
            return null;
        }

        if (hidesConversation)
        {
            shown.ConversationId = null;
            shown.ContinuationToken = null;
        }

        shown.MessageId = _messageId = StableMessageId(shown.MessageId);
        ResponseId = shown.ResponseId ?? ResponseId;
        return shown;
    }

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

    // Updates without an id get one, or Microsoft.Extensions.AI would put the closing update's properties on the
    // response, where they are lost. An id that a provider sends late names the message that was stamped before it.
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

    private static List<AIContent> WithoutUsage(IList<AIContent> contents)
    {
        // Runs for every update, and counting, unlike enumerating an interface, allocates nothing.
        var kept = new List<AIContent>(contents.Count);
        for (var i = 0; i < contents.Count; i++)
        {
            if (contents[i] is not UsageContent)
            {
                kept.Add(contents[i]);
            }
        }

        return kept;
    }

    private static string NewMessageId() => "msg-" + Guid.NewGuid().ToString("N");
}
