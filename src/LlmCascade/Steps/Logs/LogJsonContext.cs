using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmCascade.Steps.Logs;

/// <summary>How logs are written and read.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(CamelCase<TrajectoryEnd>), typeof(CamelCase<TrainingStage>)])]
[JsonSerializable(typeof(TrajectoryLine))]
[JsonSerializable(typeof(TrainingLine))]
internal sealed partial class LogJsonContext : JsonSerializerContext;

/// <summary>The context that leaves texts readable: only what JSON itself demands is escaped.</summary>
internal static class LogJson
{
    public static LogJsonContext Context { get; } =
        new(new JsonSerializerOptions(LogJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>Writes the values of an enumeration as words.</summary>
internal sealed class CamelCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
