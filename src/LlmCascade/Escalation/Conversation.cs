using Microsoft.Extensions.AI;

namespace LlmCascade.Escalation;

/// <summary>Keeps server-side conversations at the one client that owns them.</summary>
internal static class Conversation
{
    public static bool IsContinuedBy(GenerationRequest request) =>
        request.Options is { } options
        && (!string.IsNullOrEmpty(options.ConversationId) || options.ContinuationToken is not null);

    /// <summary>Copies an answer without what would send the next turn to a client that does not know it.</summary>
    public static Generation Hide(Generation generation)
    {
        var updates = generation.Updates;
        if (updates is not null && updates.Any(update => update.ConversationId is not null || update.ContinuationToken is not null))
        {
            updates = [.. updates.Select(Unbound)];
        }

        var response = generation.Response;
        if (response.ConversationId is not null || response.ContinuationToken is not null)
        {
            response = Generation.Copy(response);
            response.ConversationId = null;
            response.ContinuationToken = null;
        }

        return ReferenceEquals(response, generation.Response) && ReferenceEquals(updates, generation.Updates)
            ? generation
            : generation with { Response = response, Updates = updates };
    }

    /// <summary>Makes the request of a client that owns no conversations: without background answers, which nobody could fetch.</summary>
    public static GenerationRequest ForStranger(GenerationRequest request)
    {
        if (request.Options?.AllowBackgroundResponses is null)
        {
            return request;
        }

        var own = request.Options.Clone();
        own.AllowBackgroundResponses = null;
        return request with { Options = own };
    }

    private static ChatResponseUpdate Unbound(ChatResponseUpdate update)
    {
        var copy = update.Clone();
        copy.ConversationId = null;
        copy.ContinuationToken = null;
        return copy;
    }
}
