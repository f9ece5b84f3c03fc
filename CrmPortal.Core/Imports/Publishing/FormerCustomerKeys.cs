using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Finds customers whom a file knows by what is not on their own row any more: by the number, external id, e-mail or phone of a record that
/// was merged into theirs, or by a further e-mail or phone. A system that sends its file every night never hears of merges.
/// </summary>
internal static class FormerCustomerKeys
{
    private const int MostMerges = 20;

    /// <summary>Who follows keys that nobody has as their own.</summary>
    /// <returns>The customer's key by what was looked for. A further e-mail or phone that several have leads to nobody.</returns>
    public static async Task<Dictionary<string, long>> FindAsync(CrmDbContext db, MatchKey match, IReadOnlyCollection<string> keys,
        CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, long>();
        if (keys.Count == 0 || match == MatchKey.Name) return found;
        await MergedAsync(db, match, keys, found, cancellationToken);
        if (match is MatchKey.Email or MatchKey.Phone) await FurtherAsync(db, match, keys, found, cancellationToken);
        return found;
    }

    private static async Task MergedAsync(CrmDbContext db, MatchKey match, IReadOnlyCollection<string> keys,
        Dictionary<string, long> found, CancellationToken cancellationToken)
    {
        var merged = db.Customers.Where(c => c.MergedIntoId != null);
        var rows = await (match switch
        {
            MatchKey.Number => merged.Where(c => keys.Contains(c.Number))
                .Select(c => new { Key = (string?)c.Number, Into = c.MergedIntoId!.Value, c.Id }),
            MatchKey.Email => merged.Where(c => keys.Contains(c.EmailKey!))
                .Select(c => new { Key = c.EmailKey, Into = c.MergedIntoId!.Value, c.Id }),
            MatchKey.Phone => merged.Where(c => keys.Contains(c.Phone!))
                .Select(c => new { Key = c.Phone, Into = c.MergedIntoId!.Value, c.Id }),
            _ => merged.Where(c => keys.Contains(c.ExternalId!)).Select(c =>
                new { Key = c.ExternalId, Into = c.MergedIntoId!.Value, c.Id }),
        }).OrderByDescending(r => r.Id).ToListAsync(cancellationToken);
        if (rows.Count == 0) return;
        // A survivor may have been merged in turn.
        var survivors = rows.Select(r => r.Into).Distinct().ToDictionary(id => id, id => id);
        for (var step = 0; step < MostMerges; step++)
        {
            var ends = survivors.Values.Distinct().ToList();
            var next = await db.Customers.Where(c => ends.Contains(c.Id) && c.MergedIntoId != null)
                .Select(c => new { c.Id, Into = c.MergedIntoId!.Value }).ToDictionaryAsync(c => c.Id, c => c.Into, cancellationToken);
            if (next.Count == 0) break;
            foreach (var (id, end) in survivors.ToList())
                if (next.TryGetValue(end, out var into)) survivors[id] = into;
        }

        var live = await db.Customers.Where(c => survivors.Values.Contains(c.Id) && c.DeletedAt == null).Select(c => c.Id)
            .ToListAsync(cancellationToken);
        foreach (var row in rows)
            if (live.Contains(survivors[row.Into])) found.TryAdd(row.Key!, survivors[row.Into]);
    }

    private static async Task FurtherAsync(CrmDbContext db, MatchKey match, IReadOnlyCollection<string> keys,
        Dictionary<string, long> found, CancellationToken cancellationToken)
    {
        var kind = match == MatchKey.Email ? ContactKind.Email : ContactKind.Phone;
        var points = await db.ContactPoints.Where(p => p.Kind == kind && keys.Contains(p.ValueKey))
            .Join(db.Customers.Where(c => c.DeletedAt == null), p => p.CustomerId, c => c.Id, (p, c) => new { p.ValueKey, c.Id }).Distinct()
                .ToListAsync(cancellationToken);
        foreach (var holders in points.GroupBy(p => p.ValueKey).Where(g => g.Count() == 1)) found.TryAdd(holders.Key, holders.Single().Id);
    }
}
