using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrmPortal.Tests.Api.Fuzzing;

/// <summary>What of an answer is not as its document says: types, fields that are missing, and fields that nobody described.</summary>
internal static class SchemaFaults
{
    private const int MostElements = 5;

    public static IEnumerable<string> Of(DescribedOperation operation, JsonNode? schema, JsonNode? value, string place = "$")
    {
        if (operation.Resolved(schema) is not JsonObject found) return [];
        if (Choices(found) is { Count: > 0 } choices)
        {
            var faults = choices.Select(c => Of(operation, c, value, place).ToList()).ToList();
            return faults.Any(f => f.Count == 0) ? [] : faults.MaxBy(f => f.Count == 0 ? 0 : f.Max(text => text.Length))!;
        }

        var types = Types(found);
        if (types.Count > 0 && !types.Any(t => IsOf(t, value))) return [$"{place} is {Kind(value)} instead of {string.Join(" or ", types)}"];
        if (found["enum"] is JsonArray allowed && !allowed.Any(a => JsonNode.DeepEquals(a, value)) && value is not null)
            return [$"{place} is {value.ToJsonString()}, which is none of the choices"];
        return value switch
        {
            JsonObject fields => OfFields(operation, found, fields, place),
            JsonArray list when found["items"] is { } items =>
                list.Take(MostElements).SelectMany((element, i) => Of(operation, items, element, $"{place}[{i}]")),
            _ => [],
        };
    }

    private static IEnumerable<string> OfFields(DescribedOperation operation, JsonObject schema, JsonObject fields, string place)
    {
        foreach (var name in (schema["required"]?.AsArray() ?? []).Select(r => (string)r!).Where(r => !fields.ContainsKey(r)))
            yield return $"{place}.{name} is missing";
        var properties = schema["properties"] as JsonObject;
        foreach (var (name, value) in fields)
        {
            var described = properties?[name];
            if (described is null && schema["additionalProperties"] is JsonObject any) described = any;
            if (described is null && properties is not null) yield return $"{place}.{name} is not described";
            foreach (var fault in Of(operation, described, value, $"{place}.{name}")) yield return fault;
        }
    }

    private static List<JsonNode?> Choices(JsonObject schema) =>
        [.. (schema["oneOf"] as JsonArray ?? schema["anyOf"] as JsonArray ?? []).Select(c => c)];

    private static List<string> Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(t => (string)t!)],
        JsonValue one => [(string)one!],
        _ => [],
    };

    private static bool IsOf(string type, JsonNode? value) => type switch
    {
        "integer" => value?.GetValueKind() == JsonValueKind.Number && !value.ToJsonString().Contains('.', StringComparison.Ordinal),
        _ => type == Kind(value),
    };

    private static string Kind(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => "number",
        JsonValueKind.String => "string",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
