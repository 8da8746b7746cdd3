using System.Text;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>The default projection; its contract stands at <see cref="QueryProjection.LastUser"/>.</summary>
internal sealed class LastUserProjection() : QueryProjection("last-user-v1")
{
    private const int MaximumLength = 2000;

    public override string Project(IReadOnlyList<ChatMessage> messages)
    {
        var last = LastToSpeak(messages, ChatRole.User, messages.Count);
        if (last < 0)
        {
            return "";
        }

        var question = TextOf(messages[last]);
        var isFirstTurn = LastToSpeak(messages, ChatRole.User, last) < 0;
        return Newest(isFirstTurn ? question : WithHistory(messages, last, question));
    }

    private static string WithHistory(IReadOnlyList<ChatMessage> messages, int last, string question)
    {
        var assistant = LastToSpeak(messages, ChatRole.Assistant, last);
        var lines = new StringBuilder();
        for (var i = 0; i < last; i++)
        {
            if ((messages[i].Role == ChatRole.User || i == assistant) && TextOf(messages[i]) is { Length: > 0 } text)
            {
                lines.Append(messages[i].Role.Value).Append(": ").Append(OneLine(text)).Append('\n');
            }
        }

        return lines.Append("user: ").Append(question).ToString();
    }

    // A message that only calls tools, or only brings their results, says nothing.
    private static int LastToSpeak(IReadOnlyList<ChatMessage> messages, ChatRole role, int end)
    {
        for (var i = end - 1; i >= 0; i--)
        {
            if (messages[i].Role == role && TextOf(messages[i]).Length > 0)
            {
                return i;
            }
        }

        return -1;
    }

    private static string TextOf(ChatMessage message)
    {
        if (message.Contents is [TextContent only])
        {
            return only.Text;
        }

        var text = new StringBuilder();
        var wasPlaceholder = false;
        foreach (var content in message.Contents)
        {
            var piece = content switch
            {
                TextContent plain => plain.Text,
                DataContent data => Placeholder(data.HasTopLevelMediaType),
                UriContent uri => Placeholder(uri.HasTopLevelMediaType),
                HostedFileContent => "[file]",
                _ => "",
            };
            if (piece.Length > 0)
            {
                // Text chunks of one message belong together as they are; a placeholder is a word of its own.
                var isPlaceholder = content is not TextContent;
                text.Append(text.Length > 0 && (isPlaceholder || wasPlaceholder) ? " " : "").Append(piece);
                wasPlaceholder = isPlaceholder;
            }
        }

        return text.ToString();
    }

    private static string Placeholder(Func<string, bool> isOfType) =>
        isOfType("image") ? "[image]" : isOfType("audio") ? "[audio]" : isOfType("video") ? "[video]" : "[file]";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string Newest(string text)
    {
        if (text.Length <= MaximumLength)
        {
            return text;
        }

        var start = text.Length - MaximumLength;
        return text[(char.IsLowSurrogate(text[start]) ? start + 1 : start)..];
    }
}
