using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LlmCascade.Telemetry;

/// <summary>Writes messages as the OpenTelemetry conventions want them: a role, and parts.</summary>
/// <remarks>Texts and tool calls are written in full; of other content, only what it is.</remarks>
internal static class MessageJson
{
    // The text is read by people and stands in no web page.
    private static readonly JsonWriterOptions _readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes messages.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="finishReason">Why the model ended, for messages that it gave.</param>
    public static string Of(IEnumerable<ChatMessage> messages, ChatFinishReason? finishReason = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, _readable))
        {
            writer.WriteStartArray();
            foreach (var message in messages)
            {
                writer.WriteStartObject();
                writer.WriteString("role", message.Role.Value);
                writer.WriteStartArray("parts");
                foreach (var content in message.Contents)
                {
                    // Some clients leave holes, and nothing in Microsoft.Extensions.AI forbids it.
                    if (content is not null)
                    {
                        WritePart(writer, content);
                    }
                }

                writer.WriteEndArray();
                if (finishReason is { } reason)
                {
                    writer.WriteString("finish_reason", reason == ChatFinishReason.ToolCalls ? "tool_call" : reason.Value);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WritePart(Utf8JsonWriter writer, AIContent content)
    {
        writer.WriteStartObject();
        switch (content)
        {
            case TextContent text:
                WriteText(writer, "text", text.Text);
                break;
            case TextReasoningContent reasoning:
                WriteText(writer, "reasoning", reasoning.Text);
                break;
            case FunctionCallContent call:
                writer.WriteString("type", "tool_call");
                writer.WriteString("id", call.CallId);
                writer.WriteString("name", call.Name);
                WriteValue(writer, "arguments", call.Arguments);
                break;
            case FunctionResultContent result:
                writer.WriteString("type", "tool_call_response");
                writer.WriteString("id", result.CallId);
                WriteValue(writer, "response", result.Result);
                break;
            default:
                writer.WriteString("type", content.GetType().Name);
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string type, string text)
    {
        writer.WriteString("type", type);
        writer.WriteString("content", text);
    }

    private static void WriteValue<T>(Utf8JsonWriter writer, string name, T? value)
    {
        writer.WritePropertyName(name);
        try
        {
            JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T))).WriteTo(writer);
        }
        catch (Exception)
        {
            // A tool may return what cannot be written, or throws when it is read; a span is no reason to fail.
            writer.WriteNullValue();
        }
    }
}
