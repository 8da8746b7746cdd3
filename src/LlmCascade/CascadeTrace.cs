using System.Text.Json;
using LlmCascade.Chat;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>What happened to one request, without any content of it: it travels with the response.</summary>
/// <remarks>
/// It is written as a JSON string into the additional property <c>llmcascade.trace</c> of the last assistant message, or of the response where there is none, and so
/// survives caching and other middleware. Read it with <see cref="CascadeTraceExtensions.GetCascadeTrace(ChatResponse)"/>.
/// </remarks>
public sealed record CascadeTrace
{
    internal const int CurrentVersion = 1;

    /// <summary>Gets the version of the format, 1.</summary>
    public required int Version { get; init; }

    /// <summary>Gets the id of the episode, which logs and later feedback share.</summary>
    public required string EpisodeId { get; init; }

    /// <summary>Gets the name of the tier or the expert that answered.</summary>
    public required string AnsweredBy { get; init; }

    /// <summary>Gets whether the expert answered and its policy did not accept the answer.</summary>
    public bool IsAbstained { get; init; }

    /// <summary>Gets the attempts in the order in which they began, the one that answered last.</summary>
    public required IReadOnlyList<AttemptTrace> Attempts { get; init; }

    /// <summary>Gets the known cost of all attempts.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Gets whether the cost of some call is unknown, so that <see cref="Cost"/> is a lower bound.</summary>
    public bool IsCostIncomplete { get; init; }

    /// <summary>Gets whether the usage of some call is unknown, so that the response's usage is a lower bound.</summary>
    public bool IsUsageIncomplete { get; init; }

    internal static CascadeTrace Of(Episode episode, AttemptTotals totals) => new()
    {
        Version = CurrentVersion,
        EpisodeId = episode.Id,
        AnsweredBy = episode.Answerer?.Name ?? "",
        IsAbstained = episode.Answer is { IsAbstained: true },
        Attempts = AttemptTrace.Of(episode.Root.Children)!,
        Cost = totals.Cost == 0 && !totals.IsCostComplete ? null : totals.Cost,
        IsCostIncomplete = !totals.IsCostComplete,
        IsUsageIncomplete = !totals.IsUsageComplete,
    };

    /// <summary>Finds who answered the tool iterations since the user last spoke, oldest first.</summary>
    internal static IReadOnlyList<string> AnsweredInTurn(ChatMessage[] messages)
    {
        List<string>? names = null;
        for (var i = messages.Length - 1; i >= 0 && messages[i].Role != ChatRole.User; i--)
        {
            if (messages[i].Role == ChatRole.Assistant && Find(messages[i].AdditionalProperties) is { } trace)
            {
                (names ??= []).InsertRange(0, AuthorsIn(trace));
            }
        }

        return names ?? (IReadOnlyList<string>)[];
    }

    // Where work was done step by step, each step has an author.
    private static List<string> AuthorsIn(CascadeTrace trace)
    {
        var steps = trace.Attempts.LastOrDefault(attempt => attempt.Name == trace.AnsweredBy)?.Children?.Where(child => child.Role == AttemptRole.Step);
        return steps?.Select(step => step.Children?.LastOrDefault(child => child.Decision == Decision.Keep)?.Name ?? step.Name).ToList() is { Count: > 0 } authors
            ? authors
            : [trace.AnsweredBy];
    }

    internal string ToJson() => JsonSerializer.Serialize(this, CascadeJsonContext.Default.CascadeTrace);

    internal static CascadeTrace? Find(AdditionalPropertiesDictionary? properties)
    {
        if (properties is null
            || !properties.TryGetValue(ReservedProperties.Trace, out var value)
            || CascadeJsonContext.ToText(value) is not { } json)
        {
            return null;
        }

        try
        {
            // A newer version may mean other things by the same words.
            return JsonSerializer.Deserialize(json, CascadeJsonContext.Default.CascadeTrace) is { Version: CurrentVersion } trace
                ? trace
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
