using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LlmCascade.Deferral;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Deferral;

public sealed partial class JsonSchemaCheckTests
{
    // The schemas require a null to be written, which the defaults of Microsoft.Extensions.AI leave out.
    private static readonly JsonSerializerOptions _withNulls = new(AIJsonUtilities.DefaultOptions)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public enum Priority
    {
        Low,
        High,
    }

    [Theory]
    [InlineData("true", "1", true)]
    [InlineData("{}", "1", true)]
    [InlineData("false", "1", false)]
    [InlineData("false", "null", false)]
    public void The_schemas_true_and_empty_fit_everything_and_false_fits_nothing(string schema, string value, bool fits) =>
        AssertFits(fits, schema, value);

    [Theory]
    [InlineData("null", "null", true)]
    [InlineData("null", "false", false)]
    [InlineData("boolean", "true", true)]
    [InlineData("boolean", "false", true)]
    [InlineData("boolean", "\"true\"", false)]
    [InlineData("object", "{}", true)]
    [InlineData("object", "[]", false)]
    [InlineData("array", "[]", true)]
    [InlineData("array", "{}", false)]
    [InlineData("string", "\"1\"", true)]
    [InlineData("string", "1", false)]
    [InlineData("number", "1.5", true)]
    [InlineData("number", "1", true)]
    [InlineData("number", "\"1\"", false)]
    [InlineData("integer", "1", true)]
    [InlineData("integer", "1.0", true)]
    [InlineData("integer", "15e-1", false)]
    [InlineData("integer", "1.5", false)]
    [InlineData("integer", "1e-30", false)]
    [InlineData("integer", "9007199254740992.5", false)]
    [InlineData("integer", "1e400", true)]
    [InlineData("integer", "\"1\"", false)]
    public void A_value_fits_its_type_only(string type, string value, bool fits) =>
        AssertFits(fits, $$"""{ "type": "{{type}}" }""", value);

    [Theory]
    [InlineData("null", true)]
    [InlineData("\"a\"", true)]
    [InlineData("1", false)]
    public void A_list_of_types_fits_a_value_of_any_of_them(string value, bool fits) =>
        AssertFits(fits, """{ "type": ["string", "null"] }""", value);

    [Theory]
    [InlineData("""{ "a": 1 }""", true)]
    [InlineData("""{ "a": "1" }""", false)]
    [InlineData("""{ "b": "1" }""", true)]
    [InlineData("""{ "refused": 1 }""", false)]
    [InlineData("""[1]""", true)]
    public void A_property_fits_the_schema_of_its_name(string value, bool fits) =>
        AssertFits(fits, """{ "properties": { "a": { "type": "integer" }, "refused": false } }""", value);

    [Theory]
    [InlineData("""{ "a": 1, "b": null }""", true)]
    [InlineData("""{ "a": 1 }""", false)]
    [InlineData("""{}""", false)]
    [InlineData("1", true)]
    public void A_required_property_that_is_missing_does_not_fit(string value, bool fits) =>
        AssertFits(fits, """{ "required": ["a", "b"] }""", value);

    [Theory]
    [InlineData("false", """{ "a": 1 }""", true)]
    [InlineData("false", """{ "a": 1, "b": 1 }""", false)]
    [InlineData("true", """{ "a": 1, "b": 1 }""", true)]
    [InlineData("""{ "type": "string" }""", """{ "a": 1, "b": "x" }""", true)]
    [InlineData("""{ "type": "string" }""", """{ "a": 1, "b": 1 }""", false)]
    [InlineData("false", "1", true)]
    public void An_undeclared_property_fits_what_additionalProperties_says(string additional, string value, bool fits) =>
        AssertFits(fits, $$"""{ "properties": { "a": true }, "additionalProperties": {{additional}} }""", value);

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{ "a": 1 }""", false)]
    public void Without_properties_every_property_is_additional(string value, bool fits) =>
        AssertFits(fits, """{ "additionalProperties": false }""", value);

    [Fact]
    public void Where_patterns_claim_properties_additionalProperties_is_not_checked() =>
        AssertFits(true, """{ "patternProperties": { "^x-": true }, "additionalProperties": false }""", """{ "x-a": 1 }""");

    [Theory]
    [InlineData("""{ "type": "integer" }""", "[]", true)]
    [InlineData("""{ "type": "integer" }""", "[1, 2]", true)]
    [InlineData("""{ "type": "integer" }""", "[1, \"2\"]", false)]
    [InlineData("""{ "type": "integer" }""", "\"no array\"", true)]
    [InlineData("true", "[1]", true)]
    [InlineData("false", "[]", true)]
    [InlineData("false", "[1]", false)]
    public void Every_item_fits_the_schema_of_items(string items, string value, bool fits) =>
        AssertFits(fits, $$"""{ "items": {{items}} }""", value);

    [Theory]
    [InlineData("""["a", 1, 2]""", true)]
    [InlineData("""["a"]""", true)]
    [InlineData("""[]""", true)]
    [InlineData("""["a", 1, "b"]""", false)]
    public void After_prefixItems_only_the_rest_are_items(string value, bool fits) =>
        AssertFits(fits, """{ "prefixItems": [{ "type": "string" }], "items": { "type": "integer" } }""", value);

    [Theory]
    [InlineData("\"red\"", true)]
    [InlineData("\"r\\u0065d\"", true)]
    [InlineData("1.0", true)]
    [InlineData("null", true)]
    [InlineData("""{ "y": [1.0], "x": 2e0 }""", true)]
    [InlineData("\"Red\"", false)]
    [InlineData("\"1\"", false)]
    [InlineData("2", false)]
    [InlineData("""{ "x": 2 }""", false)]
    [InlineData("1e400", false)]
    public void A_value_fits_an_enum_that_holds_its_equal(string value, bool fits) =>
        AssertFits(fits, """{ "enum": ["red", 1, null, { "x": 2, "y": [1] }] }""", value);

    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("1", "10e-1", true)]
    [InlineData("1e400", "10e399", true)]
    [InlineData("1", "1.00000000000000000000000000000000001", false)]
    [InlineData("1", "true", false)]
    [InlineData("[1, 2]", "[1.0, 2]", true)]
    [InlineData("[1, 2]", "[2, 1]", false)]
    [InlineData("""{ "a": 1, "b": 2 }""", """{ "b": 2, "a": 1 }""", true)]
    [InlineData("null", "null", true)]
    [InlineData("null", "0", false)]
    public void A_value_fits_a_const_that_is_its_equal(string constant, string value, bool fits) =>
        AssertFits(fits, $$"""{ "const": {{constant}} }""", value);

    [Theory]
    [InlineData("\"abc\"", true)]
    [InlineData("7", true)]
    [InlineData("\"ab\"", false)]
    [InlineData("3", false)]
    [InlineData("null", false)]
    public void A_value_fits_anyOf_where_one_of_its_schemas_does(string value, bool fits) =>
        AssertFits(fits, """{ "anyOf": [{ "type": "string", "minLength": 3 }, { "type": "integer", "minimum": 5 }] }""", value);

    [Theory]
    [InlineData("minimum", "2", "2", true)]
    [InlineData("minimum", "2", "1.999", false)]
    [InlineData("maximum", "2", "2.0", true)]
    [InlineData("maximum", "2", "2.001", false)]
    [InlineData("exclusiveMinimum", "2", "2.1", true)]
    [InlineData("exclusiveMinimum", "2", "2.0", false)]
    [InlineData("exclusiveMinimum", "0", "1e-30", true)]
    [InlineData("exclusiveMaximum", "2", "1.9", true)]
    [InlineData("exclusiveMaximum", "2", "2", false)]
    [InlineData("minimum", "9007199254740993", "9007199254740992", false)]
    [InlineData("minimum", "0", "1e400", true)]
    [InlineData("maximum", "100", "1e400", false)]
    [InlineData("maximum", "1e400", "100", true)]
    [InlineData("minimum", "0", "-1e400", false)]
    [InlineData("minimum", "0", "-1e99999999999", false)]
    [InlineData("minimum", "2", "\"1\"", true)]
    public void A_number_fits_its_bounds(string keyword, string bound, string value, bool fits) =>
        AssertFits(fits, $$"""{ "{{keyword}}": {{bound}} }""", value);

    [Theory]
    [InlineData("minLength", "2", "\"ab\"", true)]
    [InlineData("minLength", "2", "\"a\"", false)]
    [InlineData("minLength", "2", "\"😀\"", false)]
    [InlineData("minLength", "2.0", "\"a\"", false)]
    [InlineData("maxLength", "2", "\"ab\"", true)]
    [InlineData("maxLength", "2", "\"😀\\ud83d\\ude00\"", true)]
    [InlineData("maxLength", "2", "\"abc\"", false)]
    [InlineData("maxLength", "2", "12345", true)]
    [InlineData("minItems", "1", "[0]", true)]
    [InlineData("minItems", "1", "[]", false)]
    [InlineData("maxItems", "1", "[0]", true)]
    [InlineData("maxItems", "1", "[0, 1]", false)]
    [InlineData("maxItems", "1", "\"ab\"", true)]
    [InlineData("minProperties", "1", """{ "a": 0 }""", true)]
    [InlineData("minProperties", "1", "{}", false)]
    [InlineData("maxProperties", "1", """{ "a": 0 }""", true)]
    [InlineData("maxProperties", "1", """{ "a": 0, "b": 0 }""", false)]
    [InlineData("maxProperties", "1", "[0, 1]", true)]
    public void A_string_an_array_and_an_object_fit_their_sizes(string keyword, string bound, string value, bool fits) =>
        AssertFits(fits, $$"""{ "{{keyword}}": {{bound}} }""", value);

    [Theory]
    [InlineData("""{ "pattern": "^b$" }""", "\"a\"")]
    [InlineData("""{ "format": "date" }""", "\"a\"")]
    [InlineData("""{ "multipleOf": 2 }""", "1")]
    [InlineData("""{ "oneOf": [false] }""", "1")]
    [InlineData("""{ "allOf": [false] }""", "1")]
    [InlineData("""{ "not": true }""", "1")]
    [InlineData("""{ "if": true, "then": false }""", "1")]
    [InlineData("""{ "prefixItems": [false] }""", "[1]")]
    [InlineData("""{ "contains": false }""", "[1]")]
    [InlineData("""{ "uniqueItems": true }""", "[1, 1]")]
    [InlineData("""{ "propertyNames": false }""", """{ "a": 1 }""")]
    [InlineData("""{ "dependentRequired": { "a": ["b"] } }""", """{ "a": 1 }""")]
    [InlineData("""{ "made-up": false }""", "1")]
    public void A_keyword_that_is_not_checked_never_fails(string schema, string value) => AssertFits(true, schema, value);

    [Fact]
    public void A_keyword_that_is_not_checked_leaves_the_others_checked() =>
        AssertFits(false, """{ "pattern": "^b$", "type": "string", "format": "date" }""", "1");

    [Theory]
    [InlineData("5", "1")]
    [InlineData("\"string\"", "1")]
    [InlineData("[false]", "1")]
    [InlineData("null", "1")]
    [InlineData("""{ "type": 5 }""", "1")]
    [InlineData("""{ "type": "text" }""", "1")]
    [InlineData("""{ "type": [] }""", "1")]
    [InlineData("""{ "type": ["string", 5] }""", "1")]
    [InlineData("""{ "type": ["string", "text"] }""", "1")]
    [InlineData("""{ "properties": [false] }""", """{ "a": 1 }""")]
    [InlineData("""{ "properties": { "a": 5 } }""", """{ "a": 1 }""")]
    [InlineData("""{ "properties": 5, "additionalProperties": false }""", """{ "a": 1 }""")]
    [InlineData("""{ "required": true }""", "{}")]
    [InlineData("""{ "required": [5] }""", "{}")]
    [InlineData("""{ "additionalProperties": "no" }""", """{ "a": 1 }""")]
    [InlineData("""{ "items": [false] }""", "[1]")]
    [InlineData("""{ "prefixItems": 5, "items": false }""", "[1]")]
    [InlineData("""{ "enum": "a" }""", "1")]
    [InlineData("""{ "anyOf": false }""", "1")]
    [InlineData("""{ "anyOf": [] }""", "1")]
    [InlineData("""{ "anyOf": [false, 5] }""", "1")]
    [InlineData("""{ "minimum": "2" }""", "1")]
    [InlineData("""{ "exclusiveMinimum": true }""", "1")]
    [InlineData("""{ "minLength": "2" }""", "\"a\"")]
    [InlineData("""{ "minLength": 1.5 }""", "\"a\"")]
    [InlineData("""{ "minLength": 1e400 }""", "\"a\"")]
    [InlineData("""{ "maxLength": -1 }""", "\"a\"")]
    [InlineData("""{ "maxItems": null }""", "[1]")]
    public void A_keyword_that_makes_no_sense_never_fails(string schema, string value) => AssertFits(true, schema, value);

    [Fact]
    public void A_long_array_is_checked_to_its_end()
    {
        var items = string.Concat(Enumerable.Repeat("1,", 50_000));

        AssertFits(true, """{ "items": { "type": "integer" } }""", $"[{items}1]");
        AssertFits(false, """{ "items": { "type": "integer" } }""", $"[{items}\"1\"]");
    }

    [Theory]
    [InlineData("""{ "type": "object", "properties": { "a": { "type": "integer" } }, "additionalProperties": false }""", true)]
    [InlineData("""{ "required": ["a"], "maxProperties": 5, "enum": [{ "a": 1, "a": 1 }] }""", true)]
    [InlineData("""{ "const": { "a": 1 } }""", false)]
    [InlineData("""{ "additionalProperties": { "type": "string" } }""", false)]
    public void A_property_that_comes_twice_does_not_throw(string schema, bool fits) =>
        AssertFits(fits, schema, """{ "a": 1, "a": 1 }""");

    [Theory]
    [InlineData("""{ "const": 1 }""", "1e99999999999")]
    [InlineData("""{ "type": "number", "enum": [1, 2] }""", "1e99999999999")]
    [InlineData("""{ "maxLength": 1, "enum": ["a"] }""", "\"\\ud800aa\"")]
    [InlineData("""{ "required": ["b"], "properties": { "b": true }, "additionalProperties": false }""", """{ "\ud800": 1 }""")]
    [InlineData("""{ "properties": { "\ud800": false } }""", """{ "a": 1 }""")]
    [InlineData("""{ "\ud800": false }""", "1")]
    public void What_cannot_be_read_never_fails(string schema, string value) => AssertFits(true, schema, value);

    [Fact]
    public void Text_that_cannot_be_read_leaves_the_rest_checked()
    {
        const string Schema = """{ "properties": { "a": { "maxLength": 1 }, "b": { "type": "integer" } } }""";

        AssertFits(true, Schema, """{ "a": "\ud800aa", "b": 1 }""");
        AssertFits(false, Schema, """{ "a": "\ud800aa", "b": "1" }""");
    }

    [Fact]
    public void What_is_serialised_fits_the_schema_that_was_made_of_its_type()
    {
        var schema = AIJsonUtilities.CreateJsonSchema(typeof(Ticket));

        Assert.True(JsonSchemaCheck.Fits(schema, Serialize(SomeTicket())), schema.GetRawText());
        Assert.True(JsonSchemaCheck.Fits(schema, Serialize(SomeTicket() with { Note = null, Parent = null })), schema.GetRawText());
    }

    [Theory]
    [InlineData("title", "5")]
    [InlineData("title", null)]
    [InlineData("note", "5")]
    [InlineData("priority", "\"Urgent\"")]
    [InlineData("hours", "\"many\"")]
    [InlineData("hours", "1.5")]
    [InlineData("steps", "{}")]
    [InlineData("steps", """[{ "text": 1, "done": true }]""")]
    [InlineData("steps", """[{ "text": "a", "done": "yes" }]""")]
    [InlineData("steps", "[5]")]
    [InlineData("scores", """{ "a": "high" }""")]
    [InlineData("scores", "[]")]
    [InlineData("parent", "5")]
    public void What_was_changed_after_serialising_does_not_fit_the_schema_of_its_type(string property, string? replacement)
    {
        var options = new AIJsonSchemaCreateOptions
        {
            TransformOptions = new AIJsonSchemaTransformOptions { RequireAllProperties = true, DisallowAdditionalProperties = true },
        };
        var schema = AIJsonUtilities.CreateJsonSchema(typeof(Ticket), inferenceOptions: options);
        var whole = Mutate(Serialize(SomeTicket()), property, replacement);
        var nested = Mutate(Serialize(SomeTicket()), "parent", Mutate(Serialize(SomeTicket().Parent!), property, replacement).GetRawText());

        Assert.False(JsonSchemaCheck.Fits(schema, whole), schema.GetRawText());
        Assert.False(JsonSchemaCheck.Fits(schema, nested), schema.GetRawText());
    }

    private static void AssertFits(bool expected, string schema, string value)
    {
        using var schemaDocument = JsonDocument.Parse(schema);
        using var valueDocument = JsonDocument.Parse(value);

        Assert.Equal(expected, JsonSchemaCheck.Fits(schemaDocument.RootElement, valueDocument.RootElement));
    }

    private static Ticket SomeTicket() => new(
        "Broken lamp",
        "In the hall",
        Priority.High,
        3,
        [new WorkStep("Buy a bulb", true), new WorkStep("Climb", false)],
        new Dictionary<string, double> { ["urgency"] = 0.5 },
        new Ticket("House", null, Priority.Low, null, [], [], null));

    private static JsonElement Serialize(Ticket ticket) => JsonSerializer.SerializeToElement(ticket, _withNulls);

    private static JsonElement Mutate(JsonElement element, string property, string? replacement)
    {
        var mutated = JsonObject.Create(element)!;
        Assert.True(mutated.Remove(property));
        if (replacement is not null)
        {
            mutated[property] = JsonNode.Parse(replacement);
        }

        return JsonSerializer.SerializeToElement(mutated);
    }

    public sealed record WorkStep(string Text, bool Done);

    public sealed record Ticket(
        string Title,
        string? Note,
        Priority Priority,
        int? Hours,
        List<WorkStep> Steps,
        Dictionary<string, double> Scores,
        Ticket? Parent);
}
