using Microsoft.Extensions.AI;

namespace LlmCascade.Escalation;

/// <summary>Keeps server-side conversations at the one client that owns them.</summary>
internal static class Conversation
{
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
            response = response.ShallowCopy();
            response.ConversationId = null;
            response.ContinuationToken = null;
        }

        return ReferenceEquals(response, generation.Response) && ReferenceEquals(updates, generation.Updates)
            ? generation
            : generation with { Response = response, Updates = updates };
    }

    /// <summary>Copies a response, but not its messages.</summary>
    public static ChatResponse ShallowCopy(this ChatResponse response) => new(response.Messages)
    {
        ResponseId = response.ResponseId,
        ConversationId = response.ConversationId,
        ModelId = response.ModelId,
        CreatedAt = response.CreatedAt,
        FinishReason = response.FinishReason,
        Usage = response.Usage,
        ContinuationToken = response.ContinuationToken,
        RawRepresentation = response.RawRepresentation,
        AdditionalProperties = response.AdditionalProperties,
    };

    private static ChatResponseUpdate Unbound(ChatResponseUpdate update)
    {
        var copy = update.Clone();
        copy.ConversationId = null;
        copy.ContinuationToken = null;
        return copy;
    }
}
