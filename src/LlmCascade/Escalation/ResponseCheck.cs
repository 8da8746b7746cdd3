using Microsoft.Extensions.AI;

namespace LlmCascade.Escalation;

/// <summary>Tells an answer from a response that holds none.</summary>
internal static class ResponseCheck
{
    /// <summary>Records an answer, and throws when it is none or says by way of error content that it is none.</summary>
    public static Generation ThrowIfError(Generation? generation, AttemptNode attempt)
    {
        if (generation is null)
        {
            throw new InvalidOperationException($"The generator of '{attempt.Name}' returned null.");
        }

        attempt.Answered(generation);
        foreach (var message in generation.Response.Messages)
        {
            foreach (var content in message.Contents)
            {
                if (content is ErrorContent error)
                {
                    throw new InvalidOperationException(
                        error.ErrorCode is null
                            ? $"The model returned an error: {error.Message}"
                            : $"The model returned the error {error.ErrorCode}: {error.Message}");
                }
            }
        }

        return generation;
    }

    /// <summary>Gets whether a response holds only white space, reasoning or usage.</summary>
    /// <remarks>A background response that can be continued is not empty: its answer is still to come.</remarks>
    public static bool IsEmpty(ChatResponse response)
    {
        foreach (var message in response.Messages)
        {
            foreach (var content in message.Contents)
            {
                if (content is not (TextContent or TextReasoningContent or UsageContent)
                    || (content is TextContent text && !string.IsNullOrWhiteSpace(text.Text)))
                {
                    return false;
                }
            }
        }

        return response.ContinuationToken is null;
    }
}
