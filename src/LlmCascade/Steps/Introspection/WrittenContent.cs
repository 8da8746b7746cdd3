using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmCascade.Deferral;
using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Introspection;

/// <summary>Writes messages as text, calls of tools and their results too.</summary>
internal static class WrittenContent
{
    private const string Unknown = "something that cannot be written";

    // The text is read by models and stands in no web page.
    private static readonly JsonWriterOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one message; one that is text alone as it is.</summary>
    public static string Of(ChatMessage message) => message.Contents.All(content => content is TextContent) ? message.Text : Of([message]);

    public static string Of(IEnumerable<ChatMessage> messages)
    {
        var text = new StringBuilder();
        foreach (var message in messages)
        {
            BeginLine(text);
            foreach (var content in message.Contents)
            {
                if (content is TextContent said)
                {
                    text.Append(said.Text);
                }
                else if (Describe(content) is { } line)
                {
                    BeginLine(text);
                    text.Append(line).Append('\n');
                }
            }
        }

        return text.ToString().Trim();
    }

    private static string? Describe(AIContent? content) => content switch
    {
        FunctionCallContent call => $"Calls {call.Name}({(call.Arguments is not { Count: > 0 } arguments ? "" : Compact(ValidityPolicy.ToJson(arguments)))})",
        FunctionResultContent result => $"Result: {ResultOf(result.Result)}",
        DataContent data => $"[{data.MediaType}]",
        UriContent uri => $"[{uri.MediaType}]",
        _ => null,
    };

    private static string ResultOf(object? result) => result switch
    {
        null => "nothing",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
        JsonElement json => Compact(json),
        _ => Compact(ToJson(result)),
    };

    private static JsonElement? ToJson(object result)
    {
        try
        {
            return JsonSerializer.SerializeToElement(result, AIJsonUtilities.DefaultOptions.GetTypeInfo(result.GetType()));
        }
        catch (Exception)
        {
            // A tool may return what cannot be written, or throws when it is read; that is no reason to lose the check.
            return null;
        }
    }

    // However the provider has set it out, it is written in one way.
    private static string Compact(JsonElement? json)
    {
        if (json is not { ValueKind: not JsonValueKind.Undefined } value)
        {
            return Unknown;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, _readable))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void BeginLine(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] != '\n')
        {
            text.Append('\n');
        }
    }
}
