using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LlmCascade.Deferral;

/// <summary>Defers answers that are certainly no good, from signals that need no model; keeps nothing.</summary>
/// <remarks>
/// Deferred are an answer cut at its token limit or by the content filter, an answer that is no JSON or does not fit
/// the schema when JSON was asked for, and tool calls whose arguments do not fit the tool's schema. Empty answers and
/// error content are the loop's own business. Schema keywords that the check does not know never defer.
/// </remarks>
public sealed class ValidityPolicy : IDeferralPolicy
{
    /// <summary>Gets the policy; it has no state.</summary>
    public static ValidityPolicy Instance { get; } = new();

    private ValidityPolicy()
    {
    }

    /// <inheritdoc/>
    public bool CanKeep => false;

    /// <inheritdoc/>
    public bool CanDeferToExpert => false;

    /// <inheritdoc/>
    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request,
        Generation generation,
        AttemptContext context,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(generation);
        return new(FindFlaw(request.Options, generation.Response) is { } reason
            ? Verdict.Defer(reason, generation.Confidence)
            : Verdict.NoOpinion);
    }

    /// <summary>Finds why an answer is certainly no good; <see langword="null"/> where nothing says so.</summary>
    internal static string? FindFlaw(ChatOptions? options, ChatResponse response)
    {
        if (response.FinishReason == ChatFinishReason.Length)
        {
            return DeferralReasons.Truncated;
        }

        if (response.FinishReason == ChatFinishReason.ContentFilter)
        {
            return DeferralReasons.ContentFilter;
        }

        if (options is null)
        {
            return null;
        }

        var (flaw, callsTools) = FindToolFlaw(options, response);

        // Text beside a tool call is not the final answer, so it need not be JSON.
        return flaw is null && !callsTools && options.ResponseFormat is ChatResponseFormatJson json
            ? FindJsonFlaw(json, response)
            : flaw;
    }

    private static (string? Flaw, bool CallsTools) FindToolFlaw(ChatOptions options, ChatResponse response)
    {
        var callsTools = false;
        for (var i = 0; i < response.Messages.Count; i++)
        {
            var contents = response.Messages[i].Contents;
            for (var j = 0; j < contents.Count; j++)
            {
                if (contents[j] is FunctionCallContent call)
                {
                    callsTools = true;
                    if (!ArgumentsFit(options, call))
                    {
                        return (DeferralReasons.InvalidToolArguments, callsTools);
                    }
                }
            }
        }

        return (null, callsTools);
    }

    // A tool that is not among the options may be known to a client further out, so nothing is certain about it.
    private static bool ArgumentsFit(ChatOptions options, FunctionCallContent call)
    {
        if (call.Exception is not null)
        {
            return false;
        }

        foreach (var tool in options.Tools ?? [])
        {
            if (tool is AIFunctionDeclaration function && function.Name == call.Name)
            {
                return ToJson(call.Arguments) is not { } arguments || JsonSchemaCheck.Fits(function.JsonSchema, arguments);
            }
        }

        return true;
    }

    /// <summary>Writes a tool call's arguments as JSON; <see langword="null"/> where they cannot be.</summary>
    internal static JsonElement? ToJson(IDictionary<string, object?>? arguments)
    {
        try
        {
            return JsonSerializer.SerializeToElement(
                arguments ?? new Dictionary<string, object?>(),
                AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or ArgumentException)
        {
            // A provider put objects there that cannot be written as JSON, such as cycles or NaN: nothing to check.
            return null;
        }
    }

    private static string? FindJsonFlaw(ChatResponseFormatJson format, ChatResponse response)
    {
        try
        {
            using var document = JsonDocument.Parse(LastText(response));
            return format.Schema is not { } schema || JsonSchemaCheck.Fits(schema, document.RootElement)
                ? null
                : DeferralReasons.SchemaMismatch;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Half a surrogate pair is no text, and System.Text.Json says so with another exception.
            return DeferralReasons.InvalidJson;
        }
    }

    // Messages before the last one with text are steps on the way.
    private static string LastText(ChatResponse response)
    {
        for (var i = response.Messages.Count - 1; i >= 0; i--)
        {
            if (response.Messages[i].Text is { Length: > 0 } text)
            {
                return text;
            }
        }

        return "";
    }
}
