using System.Text.Json;

namespace LlmCascade.Agreement.Measures;

/// <summary>Reads an answer that is an object or an array in JSON, or has one between the marks of a code block and nothing else.</summary>
internal static class JsonAnswer
{
    private const string Fence = "```";

    public static JsonElement? Parse(string text)
    {
        var json = text.AsSpan().Trim();
        if (json.Length > 2 * Fence.Length && json.StartsWith(Fence, StringComparison.Ordinal) && json.EndsWith(Fence, StringComparison.Ordinal))
        {
            json = json[Fence.Length..^Fence.Length];

            // The language may stand behind the first mark.
            var begin = json.IndexOfAny('{', '[');
            json = begin >= 0 && !json[..begin].Trim().ContainsAnyExcept("jsonJSON5c") ? json[begin..].Trim() : default;
        }

        if (json.IsEmpty || json[0] is not ('{' or '['))
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(json);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
