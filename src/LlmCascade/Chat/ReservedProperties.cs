using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>The additional properties that belong to the cascade; no model provider gets to see them.</summary>
internal static class ReservedProperties
{
    public const string Prefix = "llmcascade.";

    /// <summary>What a request asks of the cascade: a JSON string among the options' properties.</summary>
    public const string Request = Prefix + "request";

    /// <summary>What happened to a request: a JSON string among the assistant message's properties.</summary>
    public const string Trace = Prefix + "trace";

    /// <summary>Removes the cascade's properties from options that belong to the caller of this method.</summary>
    public static void RemoveFrom(ChatOptions options)
    {
        if (AreIn(options.AdditionalProperties))
        {
            options.AdditionalProperties = Without(options.AdditionalProperties!);
        }
    }

    /// <summary>Removes the cascade's properties from a message that belongs to the caller of this method.</summary>
    public static void RemoveFrom(ChatMessage message)
    {
        if (AreIn(message.AdditionalProperties))
        {
            message.AdditionalProperties = Without(message.AdditionalProperties!);
        }
    }

    /// <summary>Gets the messages without the cascade's properties; messages that hold some are copied, the others are shared.</summary>
    public static ChatMessage[] RemoveFrom(ChatMessage[] messages)
    {
        var cleaned = messages;
        for (var i = 0; i < messages.Length; i++)
        {
            if (AreIn(messages[i].AdditionalProperties))
            {
                cleaned = ReferenceEquals(cleaned, messages) ? [.. messages] : cleaned;
                cleaned[i] = messages[i].Clone();
                cleaned[i].AdditionalProperties = Without(messages[i].AdditionalProperties!);
            }
        }

        return cleaned;
    }

    /// <summary>Gets an update without the trace of a cascade inside the client that sent it.</summary>
    public static ChatResponseUpdate RemoveFrom(ChatResponseUpdate update)
    {
        if (!AreIn(update.AdditionalProperties))
        {
            return update;
        }

        var cleaned = update.Clone();
        cleaned.AdditionalProperties = Without(update.AdditionalProperties!);
        return cleaned;
    }

    private static bool AreIn(AdditionalPropertiesDictionary? properties)
    {
        if (properties is { Count: > 0 })
        {
            foreach (var (key, _) in properties)
            {
                if (IsReserved(key))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static AdditionalPropertiesDictionary? Without(AdditionalPropertiesDictionary properties)
    {
        var others = new AdditionalPropertiesDictionary();
        foreach (var (key, value) in properties)
        {
            if (!IsReserved(key))
            {
                others.Add(key, value);
            }
        }

        return others.Count == 0 ? null : others;
    }

    private static bool IsReserved(string key) => key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}
