using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmCascade.Evaluation;

/// <summary>How reports are written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReplayReport))]
[JsonSerializable(typeof(ReplayComparison))]
internal sealed partial class ReplayJsonContext : JsonSerializerContext;
