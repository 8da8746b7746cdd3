using System.Text.Json;
using System.Text.Json.Serialization;
using LlmCascade.Escalation;

namespace LlmCascade;

/// <summary>How the cascade writes what travels beside requests and responses.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(CascadeRequestOptions))]
[JsonSerializable(typeof(CascadeTrace))]
internal sealed partial class CascadeJsonContext : JsonSerializerContext
{
    /// <summary>Gets the text of an additional property; one that went through a cache has become a JSON element.</summary>
    public static string? ToText(object? property) => property switch
    {
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString(),
        _ => null,
    };
}
