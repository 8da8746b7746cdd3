using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LlmCascade.Deferral;

namespace LlmCascade.Steps.Validators;

/// <summary>Notices a step that does not fit a JSON schema.</summary>
internal sealed class SchemaValidator(JsonElement schema) : StepValidator(IdOf(schema))
{
    private readonly JsonElement _schema = schema.Clone();

    protected override StepFlaw? FindFlaw(GenerationRequest request, Generation step)
    {
        var callsTools = false;
        foreach (var call in ToolCalls.In(step))
        {
            callsTools = true;
            if (call.Exception is not null || (ValidityPolicy.ToJson(call.Arguments) is { } arguments && !JsonSchemaCheck.Fits(_schema, arguments)))
            {
                return new(StepReasons.SchemaMismatch, $"the arguments of {call.Name} do not fit the schema");
            }
        }

        return callsTools ? null : FindFlaw(step.Response.Text);
    }

    private static string IdOf(JsonElement schema) =>
        "schema-1:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(schema.GetRawText())).AsSpan(0, 8));

    private StepFlaw? FindFlaw(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return JsonSchemaCheck.Fits(_schema, document.RootElement)
                ? null
                : new(StepReasons.SchemaMismatch, "the step does not fit the schema");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Half a surrogate pair is no text, and System.Text.Json says so with another exception.
            return new(StepReasons.SchemaMismatch, "the step is no JSON");
        }
    }
}
