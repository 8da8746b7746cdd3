using Xunit;

namespace LlmCascade.Tests.Deferral;

public sealed partial class JsonSchemaCheckTests
{
    private const string LinkedList = """
        {
          "$ref": "#/$defs/Node",
          "$defs": {
            "Node": {
              "type": "object",
              "properties": {
                "value": { "type": "integer" },
                "next": { "anyOf": [{ "type": "null" }, { "$ref": "#/$defs/Node" }] }
              },
              "required": ["value", "next"],
              "additionalProperties": false
            }
          }
        }
        """;

    private const string Tree = """
        {
          "type": "object",
          "properties": {
            "name": { "type": "string" },
            "children": { "type": "array", "items": { "$ref": "#" } }
          },
          "required": ["name"]
        }
        """;

    [Theory]
    [InlineData("#/$defs/Name")]
    [InlineData("#/definitions/Name")]
    [InlineData("#/properties/x/items")]
    [InlineData("#/anyOf/1")]
    [InlineData("#/$defs/a~1b")]
    [InlineData("#/$defs/a~0b")]
    [InlineData("#/$defs/a~01b")]
    [InlineData("#/$defs/a%20b")]
    [InlineData("#/$defs/%C3%A9")]
    [InlineData("#/%24defs/Name")]
    [InlineData("#/$defs%2FName")]
    [InlineData("#/$defs/a%7E1b")]
    [InlineData("#/$defs/50%")]
    [InlineData("#/$defs/")]
    public void A_reference_is_followed(string reference)
    {
        var schema = $$"""
            {
              "$defs": {
                "Name": { "type": "string" },
                "a/b": { "type": "string" },
                "a~b": { "type": "string" },
                "a~1b": { "type": "string" },
                "a b": { "type": "string" },
                "é": { "type": "string" },
                "50%": { "type": "string" },
                "": { "type": "string" }
              },
              "definitions": { "Name": { "type": "string" } },
              "anyOf": [true, { "type": "string" }],
              "properties": { "x": { "items": { "type": "string" } }, "it": { "$ref": "{{reference}}" } }
            }
            """;

        AssertFits(true, schema, """{ "it": "a" }""");
        AssertFits(false, schema, """{ "it": 1 }""");
    }

    [Theory]
    [InlineData("\"#/$defs/Nowhere\"")]
    [InlineData("\"#/anyOf/2\"")]
    [InlineData("\"#/anyOf/-1\"")]
    [InlineData("\"#/title/0\"")]
    [InlineData("\"#/title\"")]
    [InlineData("\"#anchor\"")]
    [InlineData("\"\"")]
    [InlineData("\"https://example.com/schema.json\"")]
    [InlineData("\"other.json#/$defs/Name\"")]
    [InlineData("5")]
    public void A_reference_that_leads_nowhere_never_fails(string reference) =>
        AssertFits(
            true,
            $$"""{ "title": "a title", "anyOf": [true, true], "properties": { "it": { "$ref": {{reference}} } } }""",
            """{ "it": 1 }""");

    [Theory]
    [InlineData("\"abc\"", true)]
    [InlineData("\"ab\"", false)]
    [InlineData("123", false)]
    public void What_stands_beside_a_reference_is_checked_too(string value, bool fits) =>
        AssertFits(fits, """{ "$ref": "#/$defs/Text", "minLength": 3, "$defs": { "Text": { "type": "string" } } }""", value);

    [Theory]
    [InlineData("""{ "value": 1, "next": null }""", true)]
    [InlineData("""{ "value": 1, "next": { "value": 2, "next": { "value": 3, "next": null } } }""", true)]
    [InlineData("""{ "value": 1, "next": { "value": 2, "next": { "value": "3", "next": null } } }""", false)]
    [InlineData("""{ "value": 1, "next": { "value": 2, "next": {} } }""", false)]
    [InlineData("""{ "value": 1, "next": { "value": 2, "next": null, "previous": null } }""", false)]
    public void A_linked_list_fits_node_by_node(string value, bool fits) => AssertFits(fits, LinkedList, value);

    [Theory]
    [InlineData("1", true)]
    [InlineData("\"1\"", false)]
    public void A_linked_list_is_checked_to_the_deepest_level_that_can_be_read(string innermost, bool fits)
    {
        var list = $$"""{ "value": {{innermost}}, "next": null }""";
        for (var level = 1; level < 64; level++)
        {
            list = $$"""{ "value": 1, "next": {{list}} }""";
        }

        AssertFits(fits, LinkedList, list);
    }

    [Theory]
    [InlineData("""{ "name": "a" }""", true)]
    [InlineData("""{ "name": "a", "children": [{ "name": "b" }, { "name": "c", "children": [] }] }""", true)]
    [InlineData("""{ "name": "a", "children": [{ "name": "b" }, { "name": "c", "children": [{}] }] }""", false)]
    [InlineData("""{ "name": "a", "children": [{ "name": "b", "children": {} }] }""", false)]
    public void A_tree_fits_branch_by_branch(string value, bool fits) => AssertFits(fits, Tree, value);

    [Theory]
    [InlineData("""{ "$ref": "#" }""", true)]
    [InlineData("""{ "anyOf": [{ "$ref": "#" }] }""", true)]
    [InlineData("""{ "$ref": "#", "type": "string" }""", false)]
    [InlineData("""{ "type": "string", "$ref": "#" }""", false)]
    [InlineData("""{ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "$ref": "#/$defs/a" } } }""", true)]
    public void A_schema_that_refers_to_itself_ends(string schema, bool fits) => AssertFits(fits, schema, "1");

    [Fact]
    public void A_schema_that_refers_to_itself_twice_ends() =>
        AssertFits(true, """{ "$ref": "#", "anyOf": [{ "$ref": "#" }, { "$ref": "#" }] }""", "1");
}
