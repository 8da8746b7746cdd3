using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmCascade.Tool;

/// <summary>How strategies are read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ExportedStrategy))]
[JsonSerializable(typeof(ImportedPair))]
internal sealed partial class StrategyJsonContext : JsonSerializerContext;
