using System.Text.Json;

namespace LlmCascade.Steps.Validators;

/// <summary>Suspects the step behind an action that failed.</summary>
internal sealed class ToolErrorValidator() : StepValidator("tool-error-1")
{
    private const string Error = "error";

    protected override StepFlaw? FindFlaw(GenerationRequest request, Generation step)
    {
        var hasFailed = ToolHistory.LatestResults(request.Messages).Any(result => result.Exception is not null || IsError(ToolHistory.TextOf(result.Result)))
            || request.Trajectory?.Steps is [.., { Observation: { } observation }] && IsError(observation);
        return hasFailed
            ? new(StepReasons.ToolError, "the action before it failed, so that nothing may be built on its result")
            : null;
    }

    private static bool IsError(string? result)
    {
        var text = result.AsSpan().Trim();
        return text is ['{', ..] ? HasError(result!) : SaysError(text);
    }

    // "Error: no such city", but not "errors: 0" or "error-free".
    private static bool SaysError(ReadOnlySpan<char> text) =>
        text.StartsWith(Error, StringComparison.OrdinalIgnoreCase)
        && (text.Length == Error.Length || !(char.IsLetterOrDigit(text[Error.Length]) || text[Error.Length] == '-'));

    private static bool HasError(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.EnumerateObject().Any(property =>
                (property.NameEquals(Error) || property.NameEquals("Error") || property.NameEquals("isError")) && IsTold(property.Value));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // No JSON, and no name that could be read, tells of an error.
            return false;
        }
    }

    private static bool IsTold(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.String => !value.ValueEquals(""),
        JsonValueKind.Number => !value.TryGetDouble(out var code) || code != 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };
}
