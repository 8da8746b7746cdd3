using Microsoft.Extensions.AI;

namespace LlmCascade.Escalation;

/// <summary>Copies what is handed to the caller: a client may return an instance that it shares, and an episode holds it.</summary>
internal static class Copies
{
    /// <summary>Copies a request whose messages and options its caller may change while the copy is in use.</summary>
    public static GenerationRequest Of(GenerationRequest request) => request with
    {
        Messages = [.. request.Messages.Select(Of)],
        Options = request.Options?.Clone(),
    };

    /// <summary>Copies messages.</summary>
    public static IList<ChatMessage> Of(IList<ChatMessage> messages)
    {
        var copies = new List<ChatMessage>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            copies.Add(Of(messages[i]));
        }

        return copies;
    }

    private static ChatMessage Of(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = OfContents(message.Contents);
        copy.AdditionalProperties = message.AdditionalProperties is { } properties ? new(properties) : null;
        return copy;
    }

    /// <summary>Copies a list of contents without the attempt's usage; the caller gets the sum.</summary>
    public static IList<AIContent> OfContents(IList<AIContent> contents)
    {
        var copies = new List<AIContent>(contents.Count);
        for (var i = 0; i < contents.Count; i++)
        {
            if (contents[i] is not UsageContent)
            {
                copies.Add(Of(contents[i]));
            }
        }

        return copies;
    }

    // A function-invoking client around the cascade marks the calls that it has made.
    private static AIContent Of(AIContent content) =>
        content is FunctionCallContent call && call.GetType() == typeof(FunctionCallContent)
            ? new FunctionCallContent(call.CallId, call.Name, call.Arguments)
            {
                Exception = call.Exception,
                InformationalOnly = call.InformationalOnly,
                Annotations = call.Annotations,
                RawRepresentation = call.RawRepresentation,
                AdditionalProperties = call.AdditionalProperties,
            }
            : content;
}
