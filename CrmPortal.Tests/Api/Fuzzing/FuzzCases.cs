using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CrmPortal.Tests.Api.Fuzzing;

/// <summary>What is sent to one operation: its own example first, then one odd thing at a time.</summary>
internal sealed partial class FuzzCases(DescribedOperation operation, KnownIds ids, Random random)
{
    /// <summary>A change of a version that no record has.</summary>
    public const string Stale = "stale version";

    private const int OddFields = 10;
    private const int FewerFields = 8;
    private const int OddBodies = 4;
    private const int OddQueries = 8;
    private const int OddPaths = 3;
    private const int DeepestField = 4;
    private const string Mark = "the value that is replaced";

    /// <summary>For operations that take text of another kind.</summary>
    private const string Mail = "From: ada@example.com\r\nTo: help@example.com\r\nSubject: Hello\r\nMessage-ID: <1@example.com>\r\n\r\nHello\r\n";

    private readonly JsonNode? _body = operation.MediaType == "application/json" && operation.HasBody
        ? Own(operation, operation.BodyExample?.DeepClone() ?? Sample(operation, operation.BodySchema, 0), ids, random) : null;

    /// <summary>The usual comes last where it leaves nothing to send the rest to.</summary>
    public IEnumerable<FuzzRequest> All() => operation.Method == "DELETE" ? [.. Headers(), .. Addresses(), .. Usual()]
        : [.. Usual(), .. Bodies(), .. Addresses(), .. Headers()];

    /// <summary>Nearly as the document prints it.</summary>
    public IEnumerable<FuzzRequest> Usual()
    {
        yield return Request("as printed");
        if (!operation.TakesForm) yield break;
        foreach (var (name, form) in FuzzForms.All)
            yield return Request(name) with { Form = form };
    }

    private IEnumerable<FuzzRequest> Bodies()
    {
        if (_body is null) yield break;
        if (_body is JsonObject fields)
        {
            var places = Places(operation.BodySchema, []).Concat(fields.Select(f => (IReadOnlyList<string>)[f.Key])).ToList();
            // Where there are fewer, some of them come twice.
            foreach (var place in Some(places, OddFields).Concat(Some(places, Math.Max(0, OddFields - places.Count))))
                yield return Request($"odd {string.Join('.', place)}") with { Body = With(fields, place, One(OddValues.Json)) };
            foreach (var name in Some([.. fields.Select(f => f.Key)], FewerFields))
            {
                var less = (JsonObject)fields.DeepClone();
                less.Remove(name);
                yield return Request($"without {name}") with { Body = less.ToJsonString() };
            }

            yield return Request("unknown field") with { Body = With(fields, ["no_such_field"], "1") };
        }

        foreach (var body in Some(OddValues.Bodies, OddBodies)) yield return Request("odd body") with { Body = body };
        yield return Request("cut off") with { Body = _body.ToJsonString()[..^1] };
        yield return Request("odd media type") with { MediaType = One(OddValues.MediaTypes) };
        yield return Request("no body") with { Body = null };
    }

    private IEnumerable<FuzzRequest> Addresses()
    {
        var queries = operation.Parameters.Where(p => p.In == "query").ToList();
        if (queries.Count > 0)
        {
            foreach (var _ in Enumerable.Range(0, OddQueries))
            {
                var parameter = One(queries);
                var value = One(parameter.Name == "filter" ? OddValues.Conditions : Values(parameter));
                yield return Request($"odd {parameter.Name}", $"{parameter.Name}={value}");
            }

            var twice = One(queries).Name;
            yield return Request($"{twice} twice", $"{twice}=1&{twice}=2");
            yield return Request("all at once",
                string.Join('&', queries.Select(q => $"{q.Name}={One([.. Values(q), .. Usual(q)])}").Where(q => q.Length < 200)));
        }

        yield return Request("unknown parameter", $"no_such_parameter={One(OddValues.InQuery)}");
        if (!Parameter().IsMatch(operation.Path)) yield break;
        foreach (var value in Some(OddValues.InPath, OddPaths))
            yield return Request("odd path") with { Address = Address(null, value) };
    }

    private IEnumerable<FuzzRequest> Headers()
    {
        if (operation.Method == "GET")
        {
            yield return Request("any version") with { Header = ("If-None-Match", "*") };
            yield return Request("odd version") with { Header = ("If-None-Match", One(OddValues.Tags)) };
            yield return Request("Range") with { Header = ("Range", One(["bytes=5-1", "bytes=0-0", "bytes=99999999999-", "rubbish"])) };
        }
        else
        {
            yield return Request(Stale) with { Header = ("If-Match", "\"v999999\"") };
            yield return Request("odd version") with { Header = ("If-Match", One(OddValues.Tags)) };
        }

        yield return Request("Accept") with { Header = ("Accept", One(["application/xml", "text/html;q=0", "rubbish", "image/*"])) };
        if (operation.Method != "POST") yield break;
        yield return Request("odd key") with { Header = ("Idempotency-Key", One(OddValues.Keys)) };
        var key = ("Idempotency-Key", $"fuzz-{operation.Id}");
        yield return Request("first of a key") with { Header = key };
        yield return Request("again with a key") with { Header = key };
        yield return Request("key of another request", "other=1") with { Header = key };
    }

    private FuzzRequest Request(string name, string? query = null) =>
        new(operation.Method, Address(query, null))
        {
            Case = name, MediaType = operation.MediaType,
            Body = operation.MediaType == "message/rfc822" ? Mail : _body?.ToJsonString(),
        };

    /// <param name="odd">In place of one of the path's values.</param>
    private string Address(string? query, string? odd)
    {
        var parameters = Parameter().Matches(operation.Path);
        var replaced = odd is null ? -1 : random.Next(parameters.Count);
        var (address, at) = (new StringBuilder(), 0);
        for (var i = 0; i < parameters.Count; i++)
        {
            address.Append(operation.Path, at, parameters[i].Index - at);
            var name = parameters[i].Groups["name"].Value;
            at = parameters[i].Index + parameters[i].Length;
            // Where something of it is named as well, it is one that has such.
            var behind = i + 1 < parameters.Count ? operation.Path[at..parameters[i + 1].Index] : null;
            address.Append(i == replaced ? odd : Uri.EscapeDataString(ids.Any(Place(address.ToString()), Known(name), random, behind)));
        }

        address.Append(operation.Path, at, operation.Path.Length - at);
        var needed = operation.Parameters.Where(p => p is { In: "query", IsRequired: true }
            && query?.StartsWith(p.Name + "=", StringComparison.Ordinal) != true).Select(p => $"{p.Name}=1");
        var all = string.Join('&', query is null ? needed : needed.Append(query));
        return all.Length == 0 ? address.ToString() : $"{address}?{all}";
    }

    /// <summary>Records of one kind are known by the address of their list, whatever stands between it and the value.</summary>
    private static string Place(string address) => address.TrimEnd('/') switch
    {
        var by when by.EndsWith("/email", StringComparison.Ordinal) || by.EndsWith("/number", StringComparison.Ordinal)
            || by.EndsWith("/external", StringComparison.Ordinal) => by[..by.LastIndexOf('/')],
        var list => list,
    };

    private static string Known(string parameter) => parameter switch
    {
        "number" or "email" or "name" => parameter,
        "externalId" => "external_id",
        _ => "id",
    };

    private IEnumerable<string> Usual(DescribedParameter parameter) =>
        operation.Resolved(parameter.Schema)?["enum"] is JsonArray choices ? choices.Select(c => c?.ToString() ?? "") : ["1", "a"];

    private IReadOnlyList<string> Values(DescribedParameter parameter) =>
        operation.Resolved(parameter.Schema)?["enum"] is JsonArray choices
            ? [.. OddValues.InQuery, .. choices.Select(c => (c?.ToString() ?? "").ToUpperInvariant())] : OddValues.InQuery;

    private T One<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private List<T> Some<T>(IReadOnlyList<T> of, int count)
    {
        var shuffled = of.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled.Take(count)];
    }

    /// <summary>The body with this value, which may be what no JSON reader takes, in place of one of its own.</summary>
    private static string With(JsonObject body, IReadOnlyList<string> place, string value)
    {
        var changed = (JsonObject)body.DeepClone();
        var at = changed;
        foreach (var name in place.SkipLast(1))
        {
            if (at[name] is JsonArray { Count: > 0 } list && list[0] is JsonObject first) at = first;
            else if (at[name] is JsonObject inner) at = inner;
            else at[name] = at = new JsonObject();
        }

        at[place[^1]] = Mark;
        return changed.ToJsonString().Replace($"\"{Mark}\"", value, StringComparison.Ordinal);
    }

    /// <summary>Every field of a schema, also within other fields.</summary>
    private IEnumerable<IReadOnlyList<string>> Places(JsonNode? schema, IReadOnlyList<string> above)
    {
        if (above.Count >= DeepestField || operation.Resolved(schema) is not JsonObject found) yield break;
        if (found["items"] is { } items) schema = operation.Resolved(items);
        else schema = found;
        foreach (var (name, value) in schema?["properties"] as JsonObject ?? [])
        {
            IReadOnlyList<string> place = [.. above, name];
            yield return place;
            foreach (var below in Places(value, place)) yield return below;
        }
    }

    /// <summary>
    /// The customer whom an example names becomes one who is there, and an e-mail and a phone, which several examples share, those of this
    /// operation.
    /// </summary>
    private static JsonNode? Own(DescribedOperation operation, JsonNode? body, KnownIds ids, Random random)
    {
        if (body is not JsonObject fields) return body;
        foreach (var name in fields.Select(f => f.Key).Where(n => n is "customer_id" or "customer").ToList())
        {
            if (fields[name] is not JsonValue value) continue;
            var id = ids.Any("/api/customers", "id", random);
            fields[name] = value.GetValueKind() == JsonValueKind.String ? id : long.Parse(id, CultureInfo.InvariantCulture);
        }

        if (fields["email"] is JsonValue) fields["email"] = $"{operation.Id.ToLowerInvariant()}@example.com";
        foreach (var name in fields.Select(f => f.Key).Where(n => n is "phone" or "phoneNumber").ToList())
            fields[name] = string.Create(CultureInfo.InvariantCulture, $"+1202555{random.Next(10_000):0000}");
        return fields;
    }

    /// <summary>A plain body for an operation whose document prints none.</summary>
    private static JsonNode? Sample(DescribedOperation operation, JsonNode? schema, int depth)
    {
        if (operation.Resolved(schema) is not JsonObject found || depth > DeepestField) return null;
        if (found["enum"] is JsonArray { Count: > 0 } choices) return choices[0]?.DeepClone();
        if ((found["oneOf"] ?? found["anyOf"]) is JsonArray several) return Sample(operation, several[^1], depth + 1);
        var type = found["type"] is JsonArray types ? (string?)types.First(t => (string?)t != "null") : (string?)found["type"];
        return type switch
        {
            "object" => new JsonObject((found["properties"] as JsonObject ?? [])
                .Select(p => KeyValuePair.Create(p.Key, Sample(operation, p.Value, depth + 1)))),
            "array" => new JsonArray(Sample(operation, found["items"], depth + 1)),
            "integer" or "number" => JsonValue.Create(1),
            "boolean" => JsonValue.Create(true),
            "string" => JsonValue.Create((string?)found["format"] == "date" ? "2026-01-31" : "a"),
            _ => null,
        };
    }

    [GeneratedRegex(@"\{(?<name>\w+)\}")]
    private static partial Regex Parameter();
}
