using System.Text.Json;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>Reads a key of another record out of the values of audit rows.</summary>
internal static class AuditKeys
{
    /// <summary>
    /// The key in a field of each row, by the row's entity: that of the first row, and of its sides the newer; rows without it are
    /// left out.
    /// </summary>
    public static Dictionary<long, long> Of(IEnumerable<AuditEntry> rows, string field)
    {
        var keys = new Dictionary<long, long>();
        foreach (var row in rows.Where(r => r.Values is not null))
        {
            using var values = JsonDocument.Parse(row.Values!);
            if (!values.RootElement.TryGetProperty(field, out var sides)) continue;
            // What was made in the same save had no key yet.
            foreach (var side in sides.EnumerateArray().Reverse())
                if (side.ValueKind == JsonValueKind.Number && side.GetInt64() is > 0 and var key) keys.TryAdd(row.EntityId, key);
        }

        return keys;
    }
}
