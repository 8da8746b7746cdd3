using System.Diagnostics.Contracts;
using System.Text.Json;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Says, beside the options of one request, what that request asks of the cascade.</summary>
public static class CascadeChatOptionsExtensions
{
    /// <summary>Copies the options and adds what the request asks of the cascade.</summary>
    /// <param name="options">The options, which stay unchanged; <see langword="null"/> for none.</param>
    /// <param name="configure">Says what the request asks; what an earlier call said is kept.</param>
    /// <returns>The copy, to pass to <c>GetResponseAsync</c> or <c>GetStreamingResponseAsync</c>.</returns>
    /// <remarks>
    /// It travels as a string in <see cref="ChatOptions.AdditionalProperties"/>, so that it survives the middleware
    /// around the cascade and is part of a cache's key. No tier sees it.
    /// </remarks>
    [Pure]
    public static ChatOptions WithCascade(this ChatOptions? options, Action<CascadeRequestBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new CascadeRequestBuilder(ReadCascade(options));
        configure(builder);
        var copy = options?.Clone() ?? new ChatOptions();
        copy.AdditionalProperties ??= [];
        copy.AdditionalProperties[ReservedProperties.Request] =
            JsonSerializer.Serialize(builder.Build(), CascadeJsonContext.Default.CascadeRequestOptions);
        return copy;
    }

    /// <summary>Reads what a request asks of the cascade.</summary>
    /// <exception cref="ArgumentException">The property holds something else than <see cref="WithCascade"/> put there.</exception>
    internal static CascadeRequestOptions ReadCascade(ChatOptions? options)
    {
        if (options?.AdditionalProperties is not { } properties
            || !properties.TryGetValue(ReservedProperties.Request, out var value))
        {
            return CascadeRequestOptions.Default;
        }

        try
        {
            if (CascadeJsonContext.ToText(value) is { } json
                && JsonSerializer.Deserialize(json, CascadeJsonContext.Default.CascadeRequestOptions) is { } read)
            {
                return read;
            }
        }
        catch (JsonException e)
        {
            throw Unreadable(nameof(options), e);
        }

        throw Unreadable(nameof(options), null);
    }

    private static ArgumentException Unreadable(string paramName, Exception? cause) => new(
        $"The additional property '{ReservedProperties.Request}' is set by options.WithCascade(…) only; it holds something else.",
        paramName,
        cause);
}
