using System.Text;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>Writes down what was said, in the same words whether it came in chunks or as a whole.</summary>
internal static class Transcript
{
    public static string Of(IEnumerable<ChatResponseUpdate> updates) => Of(updates.SelectMany(update => update.Contents));

    public static string Of(ChatResponse response) => Of(response.Messages.SelectMany(message => message.Contents));

    private static string Of(IEnumerable<AIContent?> contents)
    {
        var text = new StringBuilder();
        foreach (var content in contents)
        {
            text.Append(content switch
            {
                TextContent plain => plain.Text,
                TextReasoningContent reasoning => reasoning.Text,
                FunctionCallContent call => $"<calls {call.Name}>",
                FunctionResultContent result => $"<result {result.Result}>",
                DataContent data => $"<{data.MediaType}>",
                StrangeContent strange => $"<{strange}>",
                _ => "",
            });
        }

        return text.ToString();
    }
}
