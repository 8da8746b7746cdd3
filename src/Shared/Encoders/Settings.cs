using System.Text.Json;

namespace LlmCascade.Encoders;

/// <summary>Looks into settings of which any part may be missing.</summary>
internal static class Settings
{
    public static int? Number(this JsonElement settings, string name) =>
        Find(settings, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    public static double? Fraction(this JsonElement settings, string name) =>
        Find(settings, name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    public static bool? Flag(this JsonElement settings, string name) =>
        Find(settings, name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;

    public static string? Text(this JsonElement settings, string name) =>
        Find(settings, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static JsonElement? Find(JsonElement settings, string name) =>
        settings.ValueKind == JsonValueKind.Object && settings.TryGetProperty(name, out var value) ? value : null;
}
