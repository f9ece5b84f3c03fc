using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.History;

/// <summary>
/// Shows a customer as they were at the end of a past day, by taking back in memory what the audit rows say happened since.
/// </summary>
public sealed class AsAtService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, TimeProvider clock,
    IOptions<ShopOptions> shop)
{
    /// <summary>The maximum number of rows that are reversed.</summary>
    public const int MostRows = 20_000;

    private const int RowsAtOnce = 1_000;

    private static readonly HashSet<string> Parts = [.. CustomerParts.All.Where(p => p.IsShownAsAt).Select(p => AuditNames.Of(p.Entity))];

    /// <summary>What says more about the record than about the person.</summary>
    private static readonly HashSet<string> Unshown = [nameof(Customer.Number), nameof(Customer.DeletedAt),
        nameof(Customer.StatusBeforeDelete)];

    /// <summary>The customer at the end of a day of the shop, or null where there is none.</summary>
    /// <exception cref="RuleViolationException">The day is in the future.</exception>
    public async Task<AsAtDetails?> GetAsync(long customerId, DateOnly day, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        var at = EndOf(day);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var customer = await db.Customers.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Id == customerId && c.DeletedAt == null, cancellationToken);
        if (customer is null) return null;
        var present = await PresentAsync(db, customerId, cancellationToken);
        var past = present.ToDictionary(r => r.Key, r => new Dictionary<string, string?>(r.Value));
        var walk = await WalkBackAsync(db, customerId, at, past, cancellationToken);

        var self = (nameof(Customer), customerId);
        var agents = await AgentsAsync(db, [past.GetValueOrDefault(self), present[self]], cancellationToken);
        var titles = await TitlesAsync(db, past.Concat(present), cancellationToken);
        // What moved here by a merge that came later was not theirs.
        var then = past.Where(r => r.Key == self || IsOf(r.Value, customerId)).ToDictionary();
        var parts = then.Keys.Union(present.Keys).Where(k => k != self).OrderBy(k => k.Type, StringComparer.Ordinal).ThenBy(k => k.Id)
            .Select(key => Part(key, then.GetValueOrDefault(key), present.GetValueOrDefault(key), titles, maySee));
        return new(
            customerId, CustomerQueries.Shown(customer, maySee), at, then.ContainsKey(self) && customer.CreatedAt <= at, walk.IsIncomplete,
                walk.HasErased,
            Profile(then.GetValueOrDefault(self), present[self], agents, maySee), [.. parts]);
    }

    private DateTimeOffset EndOf(DateOnly day)
    {
        var zone = shop.Value.Zone;
        var now = clock.GetUtcNow();
        if (day > zone.DayOf(now)) throw new RuleViolationException("Date", "Choose a date in the past.");
        if (day < new DateOnly(1900, 1, 1)) throw new RuleViolationException("Date", "Choose a date after 1900.");
        var end = zone.EndOf(day).AddTicks(-1);
        return end < now ? end : now;
    }

    private static bool IsOf(Dictionary<string, string?> row, long customerId) =>
        row.TryGetValue("CustomerId", out var owner) && owner == customerId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Today's rows with their audited columns, as the audit rows write them.</summary>
    private static async Task<Dictionary<(string Type, long Id), Dictionary<string, string?>>> PresentAsync(CrmDbContext db, long id,
        CancellationToken cancellationToken)
    {
        var rows = new Dictionary<(string, long), Dictionary<string, string?>>();
        Add(await db.Customers.SingleAsync(c => c.Id == id, cancellationToken));
        foreach (var part in CustomerParts.All.Where(p => p.IsShownAsAt))
            foreach (var row in await part.RowsAsync(db, id, cancellationToken)) Add(row);
        return rows;

        void Add(IAudited row)
        {
            var entry = db.Entry((object)row);
            rows[(AuditNames.Of(entry.Metadata.ClrType), row.Id)] = entry.Properties.Where(p => ChangeRecorder.IsAudited(p.Metadata))
                .ToDictionary(
                p => p.Metadata.Name, p => HistoryService.Show(JsonSerializer.SerializeToElement(p.CurrentValue, ChangeRecorder.Json)));
        }
    }

    private static async Task<(bool IsIncomplete, bool HasErased)> WalkBackAsync(
        CrmDbContext db, long customerId, DateTimeOffset at, Dictionary<(string Type, long Id), Dictionary<string, string?>> rows,
            CancellationToken cancellationToken)
    {
        var (last, walked, hasErased) = (long.MaxValue, 0, false);
        while (walked < MostRows)
        {
            var entries = await db.AuditEntries.AsNoTracking()
                .Where(e => e.CustomerId == customerId && e.Action != AuditAction.Viewed && e.Id < last).OrderByDescending(e => e.Id)
                    .Take(RowsAtOnce)
                .Select(e => new { e.Id, e.EntityType, e.EntityId, e.Action, e.Fields, e.Values, e.ChangeSet!.At })
                    .ToListAsync(cancellationToken);
            foreach (var entry in entries)
            {
                // Rows are numbered as they are written; a change set may be minutes older than its last row, but not days.
                if (entry.At <= at) return (false, hasErased);
                if (entry.EntityType != nameof(Customer) && !Parts.Contains(entry.EntityType)) continue;
                hasErased |= !TakeBack((entry.EntityType, entry.EntityId), entry.Action, entry.Fields, entry.Values, rows);
            }

            if (entries.Count < RowsAtOnce) return (false, hasErased);
            walked += entries.Count;
            last = entries[^1].Id;
        }

        return (true, hasErased);
    }

    /// <returns>False where the values that were there before are no longer known.</returns>
    private static bool TakeBack((string Type, long Id) key, AuditAction action, string fields, string? values,
        Dictionary<(string Type, long Id), Dictionary<string, string?>> rows)
    {
        if (action == AuditAction.Created)
        {
            rows.Remove(key);
            return true;
        }

        if (action is not (AuditAction.Updated or AuditAction.Deleted)) return true;
        if (values is null) return action == AuditAction.Updated && fields.Length == 0;
        if (!rows.TryGetValue(key, out var row))
        {
            if (action != AuditAction.Deleted) return true;
            rows[key] = row = [];
        }

        using var changed = JsonDocument.Parse(values);
        foreach (var field in changed.RootElement.EnumerateObject()) row[field.Name] = HistoryService.Show(field.Value[0]);
        return true;
    }

    private static IReadOnlyList<AsAtField> Profile(Dictionary<string, string?>? then, Dictionary<string, string?> now,
        Dictionary<string, string> agents, bool maySee) =>
        [.. now.Keys.Where(name => !Unshown.Contains(name) && (name == nameof(Customer.PreferredAgentId) || !IsKey(name))).Select(name =>
        {
            var field = Field(nameof(Customer), name, then?.GetValueOrDefault(name), now[name], maySee);
            return name == nameof(Customer.PreferredAgentId) ? field with { Then = Agent(field.Then), Now = Agent(field.Now) } : field;

            string? Agent(string? id) => id is null ? null : agents.GetValueOrDefault(id, id);
        })];

    private static AsAtPart Part((string Type, long Id) key, Dictionary<string, string?>? then, Dictionary<string, string?>? now,
        Dictionary<(string Type, string? Id), string> titles, bool maySee)
    {
        var reference = key.Type switch { nameof(CustomerTag) => nameof(CustomerTag.TagId), nameof(CustomFieldValue) =>
            nameof(CustomFieldValue.FieldId), _ => null };
        var title = reference is null ? null : titles.GetValueOrDefault((key.Type, (then ?? now)!.GetValueOrDefault(reference)));
        var names = (then ?? []).Keys.Union((now ?? []).Keys).Where(n => !IsKey(n));
        List<AsAtField> fields = [.. names.Select(n => Field(key.Type, n, then?.GetValueOrDefault(n), now?.GetValueOrDefault(n), maySee))
            .Where(f => f.IsMasked || f.Then is not null || f.Now is not null)];
        var change = then is null ? AsAtChange.Added : now is null ? AsAtChange.Removed : fields.Any(f => f.Differs)
            ? AsAtChange.Changed : AsAtChange.Same;
        return new(key.Type, key.Id, title, change, fields);
    }

    private static AsAtField Field(string type, string name, string? then, string? now, bool maySee)
    {
        var isMasked = HistoryService.IsHidden(type, name) ? then is not null || now is not null : !maySee
            && AuditNames.IsSensitive(type, name);
        return new(name, isMasked ? null : then, isMasked ? null : now, then != now, isMasked);
    }

    private static bool IsKey(string name) => name.EndsWith("Id", StringComparison.Ordinal) && name != nameof(Customer.ExternalId);

    private static async Task<Dictionary<string, string>> AgentsAsync(CrmDbContext db, IEnumerable<Dictionary<string, string?>?> rows,
        CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => long.TryParse(r?.GetValueOrDefault(nameof(Customer.PreferredAgentId)), out var id) ? id : 0).ToList();
        return await db.Users.Where(u => ids.Contains(u.Id))
            .ToDictionaryAsync(u => u.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), u => u.DisplayName,
            cancellationToken);
    }

    private static async Task<Dictionary<(string Type, string? Id), string>> TitlesAsync(CrmDbContext db,
        IEnumerable<KeyValuePair<(string Type, long Id), Dictionary<string, string?>>> rows, CancellationToken cancellationToken)
    {
        var all = rows.ToList();
        var (tags, fields) = (Ids(nameof(CustomerTag), nameof(CustomerTag.TagId)),
            Ids(nameof(CustomFieldValue), nameof(CustomFieldValue.FieldId)));
        var titles = new Dictionary<(string, string?), string>();
        foreach (var tag in await db.Tags.Where(t => tags.Contains(t.Id)).Select(t => new { t.Id, t.Name }).ToListAsync(cancellationToken))
            titles[(nameof(CustomerTag), Text(tag.Id))] = tag.Name;
        foreach (var field in await db.CustomFields.Where(f => fields.Contains(f.Id)).Select(f => new { f.Id, f.Label })
            .ToListAsync(cancellationToken)) titles[(nameof(CustomFieldValue), Text(field.Id))] = field.Label;
        return titles;

        List<long> Ids(string type, string field) =>
            [.. all.Where(r => r.Key.Type == type).Select(r => long.TryParse(r.Value.GetValueOrDefault(field), out var id) ? id : 0)
            .Distinct()];

        static string Text(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
