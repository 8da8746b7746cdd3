using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmCascade.Evaluation;

/// <summary>How reports about agreement are written: what is not known is <c>null</c>, so that nobody takes it for 0.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AgreementReplayReport))]
[JsonSerializable(typeof(AgreementChoiceReport))]
internal sealed partial class AgreementJsonContext : JsonSerializerContext;
