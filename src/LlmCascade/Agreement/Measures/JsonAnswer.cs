using System.Text.Json;

namespace LlmCascade.Agreement.Measures;

/// <summary>Reads an answer that is an object or an array in JSON, or has one between the marks of a code block and nothing else.</summary>
internal static class JsonAnswer
{
    private const string Fence = "```";

    public static JsonDocument? Parse(string text)
    {
        var json = text.AsMemory().Trim();
        if (json.Length > 2 * Fence.Length && json.Span.StartsWith(Fence, StringComparison.Ordinal) && json.Span.EndsWith(Fence, StringComparison.Ordinal))
        {
            json = json[Fence.Length..^Fence.Length];

            // The language may stand behind the first mark.
            var begin = json.Span.IndexOfAny('{', '[');
            json = begin >= 0 && !json.Span[..begin].Trim().ContainsAnyExcept("jsonJSON5c") ? json[begin..].Trim() : default;
        }

        if (json.IsEmpty || json.Span[0] is not ('{' or '['))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(json);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
