using Microsoft.Extensions.AI;

namespace LlmCascade.Escalation;

/// <summary>Tells an answer from a response that holds none.</summary>
/// <remarks>Every answer passes here, and counting through interface-typed lists, unlike enumerating them, allocates nothing.</remarks>
internal static class ResponseCheck
{
    /// <summary>Records an answer, and throws when it is none or says by way of error content that it is none.</summary>
    public static Generation ThrowIfError(Generation? generation, AttemptNode attempt)
    {
        if (generation is null)
        {
            throw new InvalidOperationException($"The generator of '{attempt.Name}' returned null.");
        }

        if (HasHole(generation))
        {
            throw new InvalidOperationException($"The generator of '{attempt.Name}' returned a message or an update that is null.");
        }

        attempt.Answered(generation);
        var messages = generation.Response.Messages;
        for (var i = 0; i < messages.Count; i++)
        {
            var contents = messages[i].Contents;
            for (var j = 0; j < contents.Count; j++)
            {
                if (contents[j] is ErrorContent error)
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

    // Whoever shows, copies or records an answer relies on there being none.
    private static bool HasHole(Generation generation)
    {
        for (var i = 0; i < generation.Response.Messages.Count; i++)
        {
            if (generation.Response.Messages[i] is null)
            {
                return true;
            }
        }

        for (var i = 0; i < generation.Updates?.Count; i++)
        {
            if (generation.Updates[i] is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gets whether a response holds only white space, reasoning or usage.</summary>
    /// <remarks>A background response that can be continued at its owner is not empty: its answer is still to come.</remarks>
    public static bool IsEmpty(ChatResponse response, bool ownsConversations)
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

        return response.ContinuationToken is null || !ownsConversations;
    }
}
