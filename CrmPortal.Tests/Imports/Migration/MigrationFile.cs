using System.Text.Json;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Imports.Migration;

/// <summary>An export of another system, and what is expected of it.</summary>
internal sealed class MigrationFile
{
    private readonly JsonElement _expected;

    private MigrationFile(JsonElement expected) => _expected = expected;

    public string Name => _expected.GetProperty("file").GetString()!;

    public string Path => TestData.Find("migration", Name);

    public bool AreOrders => _expected.GetProperty("kind").GetString() == "orders";

    public JsonElement Shop => _expected.GetProperty("shop");

    /// <summary>Heading → field.</summary>
    public Dictionary<string, string> Columns => _expected.GetProperty("columns").EnumerateObject()
        .ToDictionary(c => c.Name, c => c.Value.GetString()!);

    /// <summary>Headings of what nobody needs.</summary>
    public HashSet<string> NothingNeeded => [.. _expected.GetProperty("nothingNeeded").EnumerateArray().Select(h => h.GetString()!)];

    public int Rows => _expected.GetProperty("dataRows").GetInt32();

    public IEnumerable<JsonElement> Values => _expected.GetProperty("values").EnumerateArray();

    /// <summary>Who agreed to advertising by e-mail, by their e-mails.</summary>
    public Dictionary<string, bool> Consents => _expected.TryGetProperty("consents", out var consents)
        ? consents.EnumerateArray().ToDictionary(c => c.GetProperty("email").GetString()!,
            c => c.GetProperty("advertisingByEmail").GetBoolean()) : [];

    public int? CustomersCreated => _expected.TryGetProperty("customersCreated", out var count) ? count.GetInt32() : null;

    public static List<MigrationFile> All()
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(TestData.Find("migration", "expected.json")));
        return [.. expected.RootElement.EnumerateArray().Select(f => new MigrationFile(f.Clone()))];
    }
}
