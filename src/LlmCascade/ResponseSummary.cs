using System.Collections.Frozen;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Adds usage and trace to what the caller gets, on copies: an inner client may return an instance that it shares.</summary>
/// <param name="cascade">The cascade whose tiers are counted.</param>
/// <param name="whole">The cascade that answers, which may run the other one for each step.</param>
internal sealed class ResponseSummary(Cascade cascade, Cascade whole)
{
    private readonly FrozenDictionary<string, (string Input, string Output)> _countNames = cascade.Tiers.Concat(whole.Tiers)
        .Select(tier => tier.Name)
        .Append(cascade.Expert.Name)
        .Append(whole.Expert.Name)
        .Distinct()
        .ToFrozenDictionary(name => name, name => ($"{name}.input_tokens", $"{name}.output_tokens"));

    /// <summary>Makes the response of a buffered request.</summary>
    public ChatResponse Respond(CascadeResult result)
    {
        var (usage, trace) = Summarize(result.Episode);
        var response = Generation.Copy(result.Generation.Response);
        response.Usage = usage;
        response.Messages = Copies.Of(response.Messages);
        foreach (var message in response.Messages)
        {
            // A cascade inside a tier's client has told its own story, which is not this request's.
            ReservedProperties.RemoveFrom(message);
        }

        var last = LastAssistant(response.Messages);

        // A background answer that is still to come has no message yet.
        if (last is null)
        {
            (response.AdditionalProperties ??= [])[ReservedProperties.Trace] = trace;
        }
        else
        {
            (last.AdditionalProperties ??= [])[ReservedProperties.Trace] = trace;
        }

        return response;
    }

    /// <summary>Makes the update that closes a streamed request.</summary>
    public ChatResponseUpdate Close(CascadeResult result, LiveStream stream)
    {
        var (usage, trace) = Summarize(result.Episode);
        return new ChatResponseUpdate(stream.Role, usage is null ? [] : [new UsageContent(usage)])
        {
            // With the message's own id and role, Microsoft.Extensions.AI puts the trace on that message.
            MessageId = stream.MessageId,
            ResponseId = stream.ResponseId,
            AdditionalProperties = new() { [ReservedProperties.Trace] = trace },
        };
    }

    private static ChatMessage? LastAssistant(IList<ChatMessage> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Role == ChatRole.Assistant)
            {
                return messages[i];
            }
        }

        return messages.Count > 0 ? messages[^1] : null;
    }

    private (UsageDetails? Usage, string Trace) Summarize(Episode episode)
    {
        var totals = episode.Root.Total();
        var isKnown = AddCounts(totals.Usage, episode.Root, isWithinStep: false) || totals.Usage is { TotalTokenCount: not null } or { AdditionalCounts.Count: > 0 };
        return (isKnown ? totals.Usage : null, CascadeTrace.Of(episode, totals).ToJson());
    }

    private bool AddCounts(UsageDetails sum, Attempt attempt, bool isWithinStep)
    {
        var isUsageKnown = false;
        foreach (var child in attempt.Children)
        {
            // Whoever works step by step, or with hints, is counted as those who were asked for them.
            var isWithin = isWithinStep || child.Role == AttemptRole.Step;
            if (child.Role == AttemptRole.Step || child.Children is [{ Role: AttemptRole.Step }, ..] || (isWithin && child.Children.Any(each => _countNames.ContainsKey(each.Name))))
            {
                isUsageKnown |= AddCounts(sum, child, isWithin);
            }
            else if (_countNames.TryGetValue(child.Generation?.Author ?? child.Name, out var names))
            {
                // Most attempts have no children, and the others are few.
                var usage = child.Children.IsEmpty ? child.Usage : child.Total().Usage;
                isUsageKnown |= AddCount(sum, names.Input, usage?.InputTokenCount) | AddCount(sum, names.Output, usage?.OutputTokenCount);
            }
        }

        return isUsageKnown;
    }

    private static bool AddCount(UsageDetails usage, string name, long? count)
    {
        if (count is not { } tokens)
        {
            return false;
        }

        usage.AdditionalCounts ??= [];
        usage.AdditionalCounts[name] = usage.AdditionalCounts.TryGetValue(name, out var before) ? before + tokens : tokens;
        return true;
    }
}
