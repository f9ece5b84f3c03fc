using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.History;

/// <summary>The audit log of everything: who did what to which record, from where, and who looked.</summary>
public sealed class AuditLogService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, IOptions<ShopOptions> shop)
{
    private const int MostActors = 500;

    /// <summary>The kinds of records, by their names in the audit.</summary>
    public static IReadOnlyList<string> Kinds => AuditNames.All;

    /// <summary>The newest rows that fit, from a place on.</summary>
    /// <exception cref="RuleViolationException">The size is out of range, or a number is given without the kind that it counts.</exception>
    public async Task<AuditLogPage> ListAsync(AuditQuery query, AuditPlace? after, int size, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.AuditView, cancellationToken);
        if (size is < 1 or > PageRequest.LargestSize)
            throw new RuleViolationException("Limit", "The limit must be between 1 and {0}.", PageRequest.LargestSize);
        Check(query);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await AuditLogQueries.FindAsync(db, query, shop.Value.Zone, after ?? AuditPlace.Start, size, cancellationToken);
        return new(await RowsAsync(db, found.Keys, grant, cancellationToken), found.Next, found.LookedBackTo);
    }

    /// <summary>The people who can be asked for, by name.</summary>
    public async Task<IReadOnlyList<(long Id, string Name)>> ActorsAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.AuditView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var users = await db.Users.OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(MostActors).Select(u => new { u.Id, u.DisplayName })
            .ToListAsync(cancellationToken);
        return [.. users.Select(u => (u.Id, u.DisplayName))];
    }

    internal static void Check(AuditQuery query)
    {
        if (query is { RecordId: not null, Kind: null })
            throw new RuleViolationException("Kind", "Choose the kind of record that the number belongs to.");
        if (query.Until < query.From) throw new RuleViolationException("Until", "The last day must not be before the first.");
    }

    /// <summary>The rows of these keys, in their order.</summary>
    internal static async Task<IReadOnlyList<AuditRow>> RowsAsync(CrmDbContext db, IReadOnlyList<AuditLogQueries.Key> keys, Grant grant,
        CancellationToken cancellationToken)
    {
        var ids = keys.Select(k => k.Id).ToList();
        var entries = await db.AuditEntries.AsNoTracking().Include(e => e.ChangeSet).Where(e => ids.Contains(e.Id))
            .ToDictionaryAsync(e => e.Id, cancellationToken);
        var titles = await HistoryService.TitlesAsync(db, [[.. entries.Values]], grant, cancellationToken);
        var customers = await NamesAsync(db, [.. entries.Values.Select(e => e.CustomerId).OfType<long>().Distinct()], grant,
            cancellationToken);
        return [.. ids.Where(entries.ContainsKey).Select(id => Row(entries[id]))];

        AuditRow Row(AuditEntry entry)
        {
            var set = entry.ChangeSet!;
            var fields = HistoryService.Fields(entry, grant);
            // What everybody may see of a customer is for those who may see customers at all.
            if (entry.CustomerId is not null && !grant.Has(Permissions.CustomersView))
                fields = [.. fields.Select(f => f with { Before = null, After = null, IsMasked = true })];
            var item = new HistoryItem(entry.EntityType, entry.Action, fields)
            {
                Title = titles.GetValueOrDefault((entry.EntityType, entry.EntityId)),
            };
            return new(entry.Id, set.Id, set.At, set.ActorName, set.Origin, set.IpAddress, set.Kind, item, entry.EntityId, entry.CustomerId,
                entry.CustomerId is { } customer ? customers.GetValueOrDefault(customer) : null);
        }
    }

    private static async Task<Dictionary<long, string>> NamesAsync(CrmDbContext db, IReadOnlyCollection<long> ids, Grant grant,
        CancellationToken cancellationToken)
    {
        if (ids.Count == 0 || !grant.Has(Permissions.CustomersView)) return [];
        return await db.Customers.Where(c => ids.Contains(c.Id)).Select(c => new { c.Id, c.Number, c.DisplayName })
            .ToDictionaryAsync(c => c.Id, c => $"{c.DisplayName} · {c.Number}", cancellationToken);
    }
}
