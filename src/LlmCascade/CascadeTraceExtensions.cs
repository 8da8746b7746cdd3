using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Reads what happened to a request from its response.</summary>
public static class CascadeTraceExtensions
{
    /// <summary>Finds the trace of a response; the last one where a function-invoking client made several requests.</summary>
    /// <param name="response">The response, whatever middleware it came through.</param>
    /// <returns>The trace; <see langword="null"/> when there is none that this version can read.</returns>
    public static CascadeTrace? GetCascadeTrace(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        for (var i = response.Messages.Count - 1; i >= 0; i--)
        {
            if (CascadeTrace.Find(response.Messages[i].AdditionalProperties) is { } trace)
            {
                return trace;
            }
        }

        return CascadeTrace.Find(response.AdditionalProperties);
    }

    /// <summary>Finds the traces of all requests behind a response: inside a function-invoking client each tool iteration is one.</summary>
    /// <param name="response">The response, whatever middleware it came through.</param>
    /// <returns>The traces, oldest first.</returns>
    public static IReadOnlyList<CascadeTrace> GetCascadeTraces(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        List<CascadeTrace> traces = [];
        foreach (var properties in response.Messages.Select(message => message.AdditionalProperties).Append(response.AdditionalProperties))
        {
            if (CascadeTrace.Find(properties) is { } trace && traces.TrueForAll(other => other.EpisodeId != trace.EpisodeId))
            {
                traces.Add(trace);
            }
        }

        return traces;
    }

    /// <summary>Finds the trace on the update that closes a streamed response.</summary>
    /// <param name="update">An update.</param>
    /// <returns>The trace; <see langword="null"/> on every update but the closing one.</returns>
    public static CascadeTrace? GetCascadeTrace(this ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return CascadeTrace.Find(update.AdditionalProperties);
    }
}
