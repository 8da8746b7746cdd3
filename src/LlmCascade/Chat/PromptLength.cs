using System.Globalization;
using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>Counts the tokens of a prompt.</summary>
internal static class PromptLength
{
    private const int CharactersPerToken = 3;

    public static long Count(GenerationRequest request, Func<string, int>? countTokens)
    {
        var sum = 0L;
        foreach (var text in Texts(request))
        {
            sum += countTokens is null ? text.Length : countTokens(text);
        }

        return countTokens is null ? (sum + CharactersPerToken - 1) / CharactersPerToken : sum;
    }

    private static IEnumerable<string> Texts(GenerationRequest request)
    {
        foreach (var content in request.Messages.SelectMany(message => message.Contents))
        {
            foreach (var text in Texts(content))
            {
                yield return text;
            }
        }

        if (request.Options?.Instructions is { } instructions)
        {
            yield return instructions;
        }

        foreach (var tool in request.Options?.Tools ?? [])
        {
            yield return tool.Name;
            yield return tool.Description;
            if (tool is AIFunctionDeclaration function)
            {
                yield return function.JsonSchema.GetRawText();
            }
        }

        if (request.Options?.ResponseFormat is ChatResponseFormatJson { Schema: { } schema })
        {
            yield return schema.GetRawText();
        }
    }

    private static IEnumerable<string> Texts(AIContent content)
    {
        switch (content)
        {
            case TextContent text:
                yield return text.Text;
                break;
            case TextReasoningContent reasoning:
                yield return reasoning.Text;
                break;
            case FunctionCallContent call:
                yield return call.Name;
                foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
                {
                    yield return name;
                    yield return TextOf(value);
                }

                break;
            case FunctionResultContent result:
                yield return TextOf(result.Result);
                break;
        }
    }

    private static string TextOf(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
