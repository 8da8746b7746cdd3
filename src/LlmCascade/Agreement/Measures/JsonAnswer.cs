using System.Buffers;
using System.Text.Json;

namespace LlmCascade.Agreement.Measures;

/// <summary>Reads an answer that is an object or an array in JSON, or has one between the marks of a code block and nothing else.</summary>
internal static class JsonAnswer
{
    private const string Fence = "```";

    private static readonly SearchValues<char> _language = SearchValues.Create("jsonJSON5c");

    public static JsonElement? Parse(string text)
    {
        var json = text.AsSpan().Trim();
        if (json.Length > 2 * Fence.Length && json.StartsWith(Fence, StringComparison.Ordinal) && json.EndsWith(Fence, StringComparison.Ordinal))
        {
            json = json[Fence.Length..^Fence.Length];

            // The language may stand behind the first mark.
            var begin = json.IndexOfAny('{', '[');
            json = begin >= 0 && !json[..begin].Trim().ContainsAnyExcept(_language) ? json[begin..].Trim() : default;
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

    /// <summary>Tells whether two are equal; where one has strings that are no proper Unicode, whether they are written alike.</summary>
    public static bool AreEqual(JsonElement first, JsonElement second)
    {
        try
        {
            return JsonElement.DeepEquals(first, second);
        }
        catch (InvalidOperationException)
        {
            return first.GetRawText() == second.GetRawText();
        }
    }
}
