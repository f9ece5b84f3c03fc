using System.Text.Json.Nodes;

namespace CrmPortal.Tests.Api.Fuzzing;

/// <summary>
/// The records that answers have shown, by the address that they stand below, so that requests name some that are there. Contracts show
/// the same records, so all of them learn from each other.
/// </summary>
internal sealed class KnownIds
{
    private const int Most = 8;

    /// <summary>Where a contract has the records of the core.</summary>
    private static readonly (string Contract, string Core)[] Same =
    [
        ("/api/customers/customers", "/api/customers"), ("/api/v1/retail-customers", "/api/customers"),
        ("/api/v2/customers", "/api/customers"), ("/api/customers/groups", "/api/groups"),
    ];

    private readonly Dictionary<string, List<string>> _known = [];

    /// <summary>A record below this address that was seen, or the first one.</summary>
    /// <param name="behind">What comes behind it in the address, where that names a record of its own.</param>
    public string Any(string address, string parameter, Random random, string? behind = null)
    {
        var known = _known.GetValueOrDefault(Key(address, parameter)) ?? [];
        if (behind is not null && known.FindAll(k => _known.ContainsKey(Key($"{address.TrimEnd('/')}/{k}{behind}", "id"))) is
            { Count: > 0 } having) known = having;
        return known.Count == 0 ? "1" : known[random.Next(known.Count)];
    }

    /// <summary>Notes the records of an answer from this address.</summary>
    public void Learn(string address, JsonNode? answer)
    {
        var place = address.Split('?')[0].TrimEnd('/');
        foreach (var record in Records(answer))
        {
            foreach (var (name, value) in record)
            {
                if (value is not JsonValue || value.ToString() is not { Length: > 0 and < 100 } text) continue;
                var parameter = name is "name" && place == "/api/reports" ? name : name is "id" or "_id" or "number" or "email" or "external_id" ? name.TrimStart('_') : null;
                if (parameter is null) continue;
                if (!_known.TryGetValue(Key(place, parameter), out var known)) _known[Key(place, parameter)] = known = [];
                // Few, so that what was made below one of them is found again.
                if (known.Count < Most && !known.Contains(text)) known.Add(text);
            }
        }
    }

    private static string Key(string address, string parameter)
    {
        var place = address.TrimEnd('/');
        foreach (var (contract, core) in Same)
            if (place == contract || place.StartsWith(contract + "/", StringComparison.Ordinal)) place = core + place[contract.Length..];
        return $"{place} {parameter}";
    }

    private static IEnumerable<JsonObject> Records(JsonNode? answer) => answer switch
    {
        JsonArray list => list.OfType<JsonObject>(),
        JsonObject whole => [whole, .. whole.Select(f => f.Value).OfType<JsonObject>(),
            .. whole.Select(f => f.Value).OfType<JsonArray>().SelectMany(l => l.OfType<JsonObject>())],
        _ => [],
    };
}
