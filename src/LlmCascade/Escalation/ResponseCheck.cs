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

        if (HasHole(generation))
        {
            throw new InvalidOperationException($"The generator of '{attempt.Name}' returned a message or an update that is null.");
        }

        attempt.Answered(generation);
        if (ResponseContent.FindError(generation.Response) is { } error)
        {
            throw new InvalidOperationException(
                error.ErrorCode is null
                    ? $"The model returned an error: {error.Message}"
                    : $"The model returned the error {error.ErrorCode}: {error.Message}");
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
    public static bool IsEmpty(ChatResponse response, bool ownsConversations) =>
        ResponseContent.IsEmpty(response) && (response.ContinuationToken is null || !ownsConversations);
}
