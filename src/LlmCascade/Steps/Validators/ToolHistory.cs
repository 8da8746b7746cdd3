using System.Collections;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Validators;

/// <summary>Finds what tools were asked and what they said.</summary>
internal static class ToolHistory
{
    /// <summary>Finds the calls since the user last spoke.</summary>
    public static IEnumerable<FunctionCallContent> SinceUser(IReadOnlyList<ChatMessage> messages)
    {
        for (var i = messages.Count - 1; i >= 0 && messages[i].Role != ChatRole.User; i--)
        {
            foreach (var content in messages[i].Contents)
            {
                if (content is FunctionCallContent call)
                {
                    yield return call;
                }
            }
        }
    }

    /// <summary>Finds the results that the conversation ends with.</summary>
    public static IEnumerable<FunctionResultContent> LatestResults(IReadOnlyList<ChatMessage> messages)
    {
        for (var i = messages.Count - 1; i >= 0 && messages[i].Contents.Any(content => content is FunctionResultContent); i--)
        {
            foreach (var content in messages[i].Contents)
            {
                if (content is FunctionResultContent result)
                {
                    yield return result;
                }
            }
        }
    }

    /// <summary>Gets what a tool said as text; <see langword="null"/> where it is an object that only its tool knows.</summary>
    public static string? TextOf(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => "",
        JsonElement { ValueKind: JsonValueKind.String } json => TextIn(json),
        JsonElement json => json.GetRawText(),
        TextContent text => text.Text,
        ICollection { Count: 0 } => "[]",
        _ => null,
    };

    // Half a surrogate pair parses, and throws where it is read.
    private static string? TextIn(JsonElement json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return json.GetRawText();
        }
    }
}
