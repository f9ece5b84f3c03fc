using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Platform.Filtering;

/// <summary>
/// A filter as JSON: <c>{"all":[{"field":"spent","is":"more","values":["500"]},{"not":{"field":"vip","is":"yes"}}]}</c>, with <c>any</c>
/// for "one of them". It says what <see cref="FilterText"/> says and is bounded by the same limits.
/// </summary>
public static partial class FilterJson
{
    /// <summary>Longer texts are not read.</summary>
    public const int LongestText = 20_000;

    private const int DeepestNesting = 32;
    private const int MostParts = 200;

    public static JsonObject Write(FilterAll filter) => (JsonObject)Node(filter);

    /// <exception cref="RuleViolationException">These are no rules.</exception>
    public static FilterAll Read(string? json)
    {
        if (json is null || json.Length > LongestText) throw Fault();
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = DeepestNesting });
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            throw Fault();
        }
    }

    /// <exception cref="RuleViolationException">These are no rules.</exception>
    public static FilterAll Read(JsonElement json)
    {
        var parts = 0;
        var read = Item(json);
        // What stands in a filter is what its text says.
        return FilterText.Parse((read as FilterAll ?? new FilterAll([read])).ToString());

        FilterExpression Item(JsonElement item)
        {
            if (item.ValueKind != JsonValueKind.Object || ++parts > MostParts) throw Fault();
            var properties = new Dictionary<string, JsonElement>();
            foreach (var property in item.EnumerateObject())
                if (!properties.TryAdd(property.Name, property.Value)) throw Fault();
            if (properties is { Count: 1 } && properties.TryGetValue("all", out var all)) return new FilterAll(Items(all));
            if (properties is { Count: 1 } && properties.TryGetValue("any", out var any) && Items(any) is { Count: > 0 } ways)
                return new FilterAny(ways);
            if (properties is { Count: 1 } && properties.TryGetValue("not", out var not)) return new FilterNot(Item(not));
            return Condition(properties);
        }

        List<FilterExpression> Items(JsonElement list) =>
            list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(Item)] : throw Fault();
    }

    private static FilterCondition Condition(Dictionary<string, JsonElement> properties)
    {
        if (properties.Keys.Except(["field", "is", "values"]).Any() || !properties.TryGetValue("field", out var field)
            || !properties.TryGetValue("is", out var comparison) || field.ValueKind != JsonValueKind.String
            || comparison.ValueKind != JsonValueKind.String || !Name().IsMatch(field.GetString()!)
            || !Word().IsMatch(comparison.GetString()!)
            || !Enum.TryParse<FilterOperator>(comparison.GetString(), true, out var known)) throw Fault();
        if (!properties.TryGetValue("values", out var values)) return new(field.GetString()!, known, []);
        if (values.ValueKind != JsonValueKind.Array) throw Fault();
        return new(field.GetString()!, known, [.. values.EnumerateArray().Select(Value)]);
    }

    /// <summary>Programs may write numbers as such.</summary>
    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => throw Fault(),
    };

    private static JsonNode Node(FilterExpression filter) => filter switch
    {
        FilterAll all => new JsonObject { ["all"] = new JsonArray([.. all.Items.Select(Node)]) },
        FilterAny any => new JsonObject { ["any"] = new JsonArray([.. any.Items.Select(Node)]) },
        FilterNot not => new JsonObject { ["not"] = Node(not.Item) },
        FilterCondition condition => Plain(condition),
        _ => throw new InvalidOperationException("Unknown kind of filter."),
    };

    private static JsonObject Plain(FilterCondition condition)
    {
        var node = new JsonObject { ["field"] = condition.Field, ["is"] = condition.Operator.ToString().ToLowerInvariant() };
        if (condition.Values.Count > 0) node["values"] = new JsonArray([.. condition.Values.Select(v => JsonValue.Create(v))]);
        return node;
    }

    private static RuleViolationException Fault() => new("Filter", "These rules cannot be read.");

    [GeneratedRegex(@"^[a-z][a-z0-9_.]{0,80}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z]{1,20}\z")]
    private static partial Regex Word();
}
