using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>Updates of whole answers that no provider should send, and that some send.</summary>
internal static class Garbage
{
    public const int Variants = 17;

    /// <summary>Gets whether a variant has contents that are null.</summary>
    public static bool HasHole(int variant) => variant % Variants is 10 or 16;

    public static ChatResponseUpdate Text(string? text) => new(ChatRole.Assistant, text) { RawRepresentation = TokenReader.Token };

    /// <summary>Makes the chunks of an orderly answer.</summary>
    public static IEnumerable<ChatResponseUpdate> Chunks(string mark) =>
        new[] { mark, " says ", "that ", "Paris ", "it ", "is." }.Select(Text);

    /// <summary>Makes an answer of the given variant.</summary>
    public static IEnumerable<ChatResponseUpdate> Around(string mark, int variant) => (variant % Variants) switch
    {
        0 => Chunks(mark).SelectMany(chunk => new[] { new ChatResponseUpdate(), chunk, new ChatResponseUpdate(null, []) }),
        1 => Chunks(mark).SelectMany(chunk => new[] { Text(null), chunk, Text("") }),
        2 => Chunks(mark).Append(Of(new StrangeContent(mark))).Append(Of(new StrangeContent("beyond"))),
        3 => Chunks(mark).Select((chunk, i) => With(chunk, update => update.Role = RoleOf(i))),
        4 => Chunks(mark).Select((chunk, i) => With(chunk, update => update.MessageId = i % 2 == 0 ? "" : null)),
        5 => Chunks(mark).Select((chunk, i) => With(chunk, update => update.MessageId = $"m{i % 3}")),
        6 => Chunks(mark).Select((chunk, i) => With(chunk, update => update.MessageId = i < 3 ? null : "late")),
        7 => Chunks(mark).Select((chunk, i) => With(chunk, update => update.FinishReason = i == 1 ? ChatFinishReason.Stop : null)),
        8 => Chunks(mark).Select((chunk, i) => With(chunk, update => update.FinishReason = i == 2 ? ChatFinishReason.Length : null)),
        9 => string.Concat(Enumerable.Repeat(mark, 2000 / mark.Length)).Select(letter => Text(letter.ToString())),
        10 => Chunks(mark).Append(Of([null])),
        11 => Chunks(mark).SelectMany(chunk => new[] { Of(new TextReasoningContent("hm ")), chunk }),
        12 => Chunks(mark).Select((chunk, i) => With(chunk, update =>
        {
            update.ResponseId = $"r{i}";
            update.ModelId = $"model-{i}";
            update.ConversationId = $"c{i}";
            update.CreatedAt = DateTimeOffset.MinValue;
        })),
        13 => Chunks(mark).Select(chunk => With(chunk, update =>
            update.AdditionalProperties = new() { ["llmcascade.trace"] = "forged", ["own"] = null })),
        14 => [Of(new FunctionCallContent("call", mark)), new(ChatRole.Tool, [new FunctionResultContent("nobody", mark)])],
        15 => [Text(mark), Text("\ud83d"), Text("\ude00"), Text("\ud83d")],
        _ => [Of(new DataContent(new byte[] { 1, 2, 3 }, "image/png")), .. Chunks(mark), Of(new TextContent(mark), null, new TextContent(null))],
    };

    private static ChatResponseUpdate Of(params AIContent?[] contents) => new(ChatRole.Assistant, [.. contents!]);

    private static ChatResponseUpdate With(ChatResponseUpdate update, Action<ChatResponseUpdate> change)
    {
        change(update);
        return update;
    }

    private static ChatRole? RoleOf(int i) => (i % 6) switch
    {
        0 => ChatRole.User,
        1 => ChatRole.System,
        2 => ChatRole.Tool,
        3 => new ChatRole("narrator"),
        4 => default(ChatRole),
        _ => null,
    };
}

/// <summary>Content of a type that nobody knows.</summary>
internal sealed class StrangeContent(string id) : AIContent
{
    public override string ToString() => $"strange {id}";
}
