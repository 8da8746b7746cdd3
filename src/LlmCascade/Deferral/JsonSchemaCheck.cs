using System.Globalization;
using System.Text.Json;

namespace LlmCascade.Deferral;

/// <summary>
/// Decides whether a model's JSON fits the JSON schema (draft 2020-12) that it was asked for.
/// </summary>
/// <remarks>
/// Checked are <c>type</c>, <c>enum</c>, <c>const</c>, <c>properties</c>, <c>required</c>, <c>additionalProperties</c>,
/// <c>items</c>, <c>anyOf</c>, a <c>$ref</c> within the schema, <c>minimum</c>, <c>maximum</c>, <c>exclusiveMinimum</c>,
/// <c>exclusiveMaximum</c>, <c>minLength</c>, <c>maxLength</c>, <c>minItems</c>, <c>maxItems</c>, <c>minProperties</c>,
/// <c>maxProperties</c>, and the schemas <c>true</c> and <c>false</c>. What is not checked never defers: any other
/// keyword, and any keyword whose value makes no sense, holds.
/// </remarks>
internal static class JsonSchemaCheck
{
    // Three schemas (a property's, one of its anyOf, that one's $ref) for each of the 64 levels of a document that
    // System.Text.Json reads by default, and still far from the end of a thread's stack.
    private const int MaxDepth = 192;

    // A schema that refers to itself twice doubles the work with every level, so depth alone would not end it in time.
    private const int MaxSteps = 100_000;

    /// <summary>Whether <paramref name="value"/> breaks none of the checked keywords of <paramref name="schema"/>.</summary>
    public static bool Fits(JsonElement schema, JsonElement value) => new Walk(schema).Fits(schema, value);

    private static bool IsOfType(JsonElement value, JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.String => IsOfNamedType(value, type) ?? true,
        JsonValueKind.Array when type.GetArrayLength() > 0 =>
            type.EnumerateArray().Any(name => IsOfNamedType(value, name) ?? true),
        _ => true,
    };

    // Null for a name that is no JSON type.
    private static bool? IsOfNamedType(JsonElement value, JsonElement name) => TextOf(name) switch
    {
        "null" => value.ValueKind is JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "number" => value.ValueKind is JsonValueKind.Number,
        "integer" => IsInteger(value),
        _ => null,
    };

    // Either test alone takes some fractions for integers: a decimal rounds 1e-30 to 0, a double rounds 2^53 + 0.5.
    private static bool IsInteger(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number
        && (!value.TryGetDecimal(out var exact) || exact == decimal.Truncate(exact))
        && (!value.TryGetDouble(out var wide) || wide == Math.Floor(wide));

    private static bool IsAnyOf(JsonElement value, JsonElement choices) =>
        choices.ValueKind is not JsonValueKind.Array
        || choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value));

    private static bool HasAll(JsonElement value, JsonElement names) =>
        value.ValueKind is not JsonValueKind.Object
        || names.ValueKind is not JsonValueKind.Array
        || names.EnumerateArray().All(name => TextOf(name) is not { } text || value.TryGetProperty(text, out _));

    // Null where there is nothing to compare; a pattern such as "is not < 0" then holds.
    private static int? Compare(JsonElement value, JsonElement bound)
    {
        if (value.ValueKind is not JsonValueKind.Number || bound.ValueKind is not JsonValueKind.Number)
        {
            return null;
        }

        if (value.TryGetDecimal(out var exactValue) && bound.TryGetDecimal(out var exactBound) && exactValue != exactBound)
        {
            return exactValue.CompareTo(exactBound);
        }

        // Decimals that are equal may only have been rounded to the same one: 1e-30 is not 0.
        return value.TryGetDouble(out var wideValue) && bound.TryGetDouble(out var wideBound)
            ? wideValue.CompareTo(wideBound)
            : null;
    }

    private static int? CompareCount(int? count, JsonElement limit) =>
        count is { } counted && IsInteger(limit) && limit.TryGetDecimal(out var exactLimit) && exactLimit >= 0
            ? decimal.Compare(counted, exactLimit)
            : null;

    private static string? TextOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static int? Length(JsonElement value) => TextOf(value)?.EnumerateRunes().Count();

    private static int? ItemCount(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array ? value.GetArrayLength() : null;

    private static int? PropertyCount(JsonElement value) =>
        value.ValueKind is JsonValueKind.Object ? value.GetPropertyCount() : null;

    private static bool TryResolve(JsonElement root, JsonElement reference, out JsonElement target)
    {
        target = root;
        if (TextOf(reference) is not ['#', .. var fragment])
        {
            return false;
        }

        // Decoded before it is split: RFC 6901 makes no difference between "/" and "%2F".
        var tokens = Uri.UnescapeDataString(fragment).Split('/');
        if (tokens[0].Length > 0)
        {
            // An anchor, not a pointer.
            return false;
        }

        foreach (var token in tokens.Skip(1))
        {
            if (!TryStep(target, token, out target))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryStep(JsonElement from, string token, out JsonElement to)
    {
        to = default;
        if (from.ValueKind is JsonValueKind.Object)
        {
            // "~1" goes first, or "~01", which stands for "~1", would become "/".
            var name = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            return from.TryGetProperty(name, out to);
        }

        if (from.ValueKind is JsonValueKind.Array
            && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < from.GetArrayLength())
        {
            to = from[index];
            return true;
        }

        return false;
    }

    private sealed class Walk
    {
        private readonly JsonElement _root;
        private int _depth;
        private int _steps;

        public Walk(JsonElement root) => _root = root;

        public bool Fits(JsonElement schema, JsonElement value)
        {
            if (schema.ValueKind is not JsonValueKind.Object)
            {
                return schema.ValueKind is not JsonValueKind.False;
            }

            if (_depth == MaxDepth || _steps == MaxSteps)
            {
                return true;
            }

            _steps++;
            _depth++;
            try
            {
                return schema.EnumerateObject().All(keyword => Holds(keyword, schema, value));
            }
            finally
            {
                _depth--;
            }
        }

        private bool Holds(JsonProperty keyword, JsonElement schema, JsonElement value)
        {
            var argument = keyword.Value;
            try
            {
                return keyword.Name switch
                {
                    "$ref" => !TryResolve(_root, argument, out var target) || Fits(target, value),
                    "type" => IsOfType(value, argument),
                    "enum" => IsAnyOf(value, argument),
                    "const" => JsonElement.DeepEquals(argument, value),
                    "properties" => PropertiesFit(argument, value),
                    "required" => HasAll(value, argument),
                    "additionalProperties" => AdditionalPropertiesFit(argument, schema, value),
                    "items" => ItemsFit(argument, schema, value),
                    "anyOf" => FitsAnyOf(argument, value),
                    "minimum" => Compare(value, argument) is not < 0,
                    "maximum" => Compare(value, argument) is not > 0,
                    "exclusiveMinimum" => Compare(value, argument) is not <= 0,
                    "exclusiveMaximum" => Compare(value, argument) is not >= 0,
                    "minLength" => CompareCount(Length(value), argument) is not < 0,
                    "maxLength" => CompareCount(Length(value), argument) is not > 0,
                    "minItems" => CompareCount(ItemCount(value), argument) is not < 0,
                    "maxItems" => CompareCount(ItemCount(value), argument) is not > 0,
                    "minProperties" => CompareCount(PropertyCount(value), argument) is not < 0,
                    "maxProperties" => CompareCount(PropertyCount(value), argument) is not > 0,
                    _ => true,
                };
            }
            catch (Exception e) when (e is ArgumentOutOfRangeException or (InvalidOperationException and not ObjectDisposedException))
            {
                // System.Text.Json parses half a surrogate pair ("\ud800") and 1e99999999999, but throws on reading them.
                return true;
            }
        }

        private bool PropertiesFit(JsonElement properties, JsonElement value) =>
            value.ValueKind is not JsonValueKind.Object
            || properties.ValueKind is not JsonValueKind.Object
            || properties.EnumerateObject().All(property =>
                !value.TryGetProperty(property.Name, out var given) || Fits(property.Value, given));

        private bool AdditionalPropertiesFit(JsonElement additional, JsonElement schema, JsonElement value)
        {
            // Patterns are not checked, so any name might be one that a pattern claims.
            var hasDeclared = schema.TryGetProperty("properties", out var declared);
            if (value.ValueKind is not JsonValueKind.Object
                || schema.TryGetProperty("patternProperties", out _)
                || (hasDeclared && declared.ValueKind is not JsonValueKind.Object))
            {
                return true;
            }

            return value.EnumerateObject().All(property =>
                (hasDeclared && declared.TryGetProperty(property.Name, out _)) || Fits(additional, property.Value));
        }

        private bool ItemsFit(JsonElement items, JsonElement schema, JsonElement value)
        {
            var skipped = schema.TryGetProperty("prefixItems", out var prefix) ? ItemCount(prefix) ?? int.MaxValue : 0;
            return value.ValueKind is not JsonValueKind.Array
                || value.EnumerateArray().Skip(skipped).All(item => Fits(items, item));
        }

        private bool FitsAnyOf(JsonElement choices, JsonElement value) =>
            choices.ValueKind is not JsonValueKind.Array
            || choices.GetArrayLength() == 0
            || choices.EnumerateArray().Any(choice => Fits(choice, value));
    }
}
