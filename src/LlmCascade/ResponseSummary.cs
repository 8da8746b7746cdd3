using System.Collections.Frozen;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Adds usage and trace to what the caller gets, on copies: an inner client may return an instance that it shares.</summary>
internal sealed class ResponseSummary(Cascade cascade)
{
    private readonly FrozenDictionary<string, (string Input, string Output)> _countNames = cascade.Tiers
        .Select(tier => tier.Name)
        .Append(cascade.Expert.Name)
        .ToFrozenDictionary(name => name, name => ($"{name}.input_tokens", $"{name}.output_tokens"));

    /// <summary>Makes the response of a buffered request.</summary>
    public ChatResponse Respond(CascadeResult result)
    {
        var (usage, trace) = Summarize(result.Episode);
        var response = result.Generation.Response.ShallowCopy();
        response.Usage = usage;
        response.Messages = [.. response.Messages];
        for (var i = response.Messages.Count - 1; i >= 0; i--)
        {
            if (i == 0 || response.Messages[i].Role == ChatRole.Assistant)
            {
                var message = response.Messages[i] = response.Messages[i].Clone();
                message.AdditionalProperties = message.AdditionalProperties is { } others ? new(others) : [];
                message.AdditionalProperties[ReservedProperties.Trace] = trace;
                break;
            }
        }

        return response;
    }

    /// <summary>Makes the update that closes a streamed request.</summary>
    public ChatResponseUpdate Close(CascadeResult result, LiveStream stream)
    {
        var (usage, trace) = Summarize(result.Episode);
        return new ChatResponseUpdate(ChatRole.Assistant, usage is null ? [] : [new UsageContent(usage)])
        {
            // With the message's own id, Microsoft.Extensions.AI puts the trace on that message.
            MessageId = stream.MessageId,
            ResponseId = stream.ResponseId,
            AdditionalProperties = new() { [ReservedProperties.Trace] = trace },
        };
    }

    private (UsageDetails? Usage, string Trace) Summarize(Episode episode)
    {
        var totals = episode.Root.Total();
        var isUsageKnown = false;
        foreach (var attempt in episode.Root.Children)
        {
            // Most attempts have no children, and the others are few.
            var usage = attempt.Children.IsEmpty ? attempt.Usage : attempt.Total().Usage;
            var (input, output) = _countNames[attempt.Name];
            isUsageKnown |= AddCount(totals.Usage, input, usage?.InputTokenCount) | AddCount(totals.Usage, output, usage?.OutputTokenCount);
        }

        var isKnown = isUsageKnown || totals.Usage is { TotalTokenCount: not null } or { AdditionalCounts.Count: > 0 };
        return (isKnown ? totals.Usage : null, CascadeTrace.Of(episode, totals).ToJson());
    }

    private static bool AddCount(UsageDetails usage, string name, long? count)
    {
        if (count is not { } tokens)
        {
            return false;
        }

        usage.AdditionalCounts ??= [];
        usage.AdditionalCounts[name] = usage.AdditionalCounts.TryGetValue(name, out var earlier) ? earlier + tokens : tokens;
        return true;
    }
}
