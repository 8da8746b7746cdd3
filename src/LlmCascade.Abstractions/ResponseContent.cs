using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Tells what a response holds.</summary>
/// <remarks>Every answer passes here, and counting through interface-typed lists, unlike enumerating them, allocates nothing.</remarks>
internal static class ResponseContent
{
    /// <summary>Finds the error that a response is; <see langword="null"/> where it is none.</summary>
    public static ErrorContent? FindError(ChatResponse response)
    {
        for (var i = 0; i < response.Messages.Count; i++)
        {
            var contents = response.Messages[i].Contents;
            for (var j = 0; j < contents.Count; j++)
            {
                if (contents[j] is ErrorContent error)
                {
                    return error;
                }
            }
        }

        return null;
    }

    /// <summary>Gets whether a response holds only white space, reasoning or usage.</summary>
    public static bool IsEmpty(ChatResponse response)
    {
        for (var i = 0; i < response.Messages.Count; i++)
        {
            var contents = response.Messages[i].Contents;
            for (var j = 0; j < contents.Count; j++)
            {
                var content = contents[j];
                if (content is not (TextContent or TextReasoningContent or UsageContent)
                    || (content is TextContent text && !string.IsNullOrWhiteSpace(text.Text)))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
