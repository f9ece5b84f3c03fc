using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>Reads a customer's ledger; the number of statements does not depend on how much is in it.</summary>
internal static class LedgerQueries
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    /// <summary>What a customer has, or null where there is no such customer.</summary>
    public static async Task<LoyaltyBalance?> BalanceAsync(CrmDbContext db, long customerId, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var customer = await db.Customers.Where(c => c.Id == customerId && c.DeletedAt == null).Select(c => new { c.Id, c.Tier })
            .FirstOrDefaultAsync(cancellationToken);
        if (customer is null) return null;
        var soon = now + Soon;
        var accounts = await db.LoyaltyAccounts.Where(a => a.CustomerId == customerId).Select(a => new { a.Id, a.Balance })
            .ToListAsync(cancellationToken);
        if (accounts.Count == 0) return new(customerId, 0, 0, 0, 0, null, customer.Tier);
        var ids = accounts.ConvertAll(a => a.Id);
        var lots = db.LoyaltyLots.Where(l => ids.Contains(l.AccountId) && l.Remaining > 0);
        var held = await lots.GroupBy(l => 1).Select(g => new
        {
            Pending = g.Sum(l => l.UsableAt > now && (l.ExpiresAt == null || l.ExpiresAt > now) ? l.Remaining : 0),
            Due = g.Sum(l => l.ExpiresAt <= now ? l.Remaining : 0),
            Soon = g.Sum(l => l.ExpiresAt > now && l.ExpiresAt <= soon ? l.Remaining : 0),
        }).SingleOrDefaultAsync(cancellationToken);
        var first = held is { Soon: > 0 } ? await lots.Where(l => l.ExpiresAt > now && l.ExpiresAt <= soon)
            .MinAsync(l => l.ExpiresAt, cancellationToken) : null;
        // Points that expired and are not booked yet cannot be spent either.
        return new(customerId, accounts.Sum(a => a.Balance) - (held?.Pending ?? 0) - (held?.Due ?? 0), held?.Pending ?? 0,
            await LifetimeAsync(db, ids, cancellationToken), held?.Soon ?? 0, first, customer.Tier);
    }

    /// <summary>The same <see cref="LoyaltyBalance.Current"/> as one balance has, of many customers in two statements.</summary>
    public static async Task<Dictionary<long, long>> SpendableAsync(CrmDbContext db, IReadOnlyList<long> customerIds, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var accounts = await db.LoyaltyAccounts.Where(a => a.CustomerId != null && customerIds.Contains(a.CustomerId.Value))
            .Select(a => new { a.Id, CustomerId = a.CustomerId!.Value, a.Balance }).ToListAsync(cancellationToken);
        var ids = accounts.ConvertAll(a => a.Id);
        var withheld = ids.Count == 0 ? [] : await db.LoyaltyLots
            .Where(l => ids.Contains(l.AccountId) && l.Remaining > 0 && (l.UsableAt > now || l.ExpiresAt <= now))
            .GroupBy(l => l.AccountId).Select(g => new { g.Key, Points = g.Sum(l => l.Remaining) })
            .ToDictionaryAsync(g => g.Key, g => g.Points, cancellationToken);
        return accounts.GroupBy(a => a.CustomerId).ToDictionary(g => g.Key, g => g.Sum(a => a.Balance - withheld.GetValueOrDefault(a.Id)));
    }

    /// <summary>What of a balance one looks at first, in one statement; zeros for who has never had a point.</summary>
    public static async Task<PointsGlance> PointsAsync(CrmDbContext db, long customerId, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var soon = now + Soon;
        var accounts = await db.LoyaltyAccounts.Where(a => a.CustomerId == customerId).Select(a => new
        {
            a.Balance,
            // Points that cannot be spent yet, and those that expired and are not booked yet.
            Held = db.Set<LoyaltyLot>().Where(l => l.AccountId == a.Id && l.Remaining > 0 && (l.UsableAt > now || l.ExpiresAt <= now))
                .Sum(l => l.Remaining),
            Soon = db.Set<LoyaltyLot>().Where(l => l.AccountId == a.Id && l.Remaining > 0 && l.ExpiresAt > now && l.ExpiresAt <= soon)
                .Sum(l => l.Remaining),
            First = db.Set<LoyaltyLot>().Where(l => l.AccountId == a.Id && l.Remaining > 0 && l.ExpiresAt > now && l.ExpiresAt <= soon)
                .Min(l => l.ExpiresAt),
        }).ToListAsync(cancellationToken);
        return new(accounts.Sum(a => a.Balance - a.Held), accounts.Sum(a => a.Soon), accounts.Min(a => a.First));
    }

    /// <summary>Everything that was earned or added, less what was reversed of it.</summary>
    public static Task<long> LifetimeAsync(CrmDbContext db, List<long> accountIds, CancellationToken cancellationToken) =>
        db.LoyaltyEntries.Where(e => accountIds.Contains(e.AccountId) && (
        e.Kind == EntryKind.Earned || (e.Kind == EntryKind.Adjusted && e.Points > 0)
        || (e.Kind == EntryKind.Reversed && e.Reverses!.Points > 0))).SumAsync(e => e.Points, cancellationToken);

    public static IQueryable<LoyaltyEntry> OfCustomer(this IQueryable<LoyaltyEntry> entries, long customerId, LedgerQuery query,
        LocalZone zone)
    {
        // Days without a start or an end in some time zone are as good as the first and the last that have them.
        var found = entries.Where(e => e.Account!.CustomerId == customerId);
        if (query.Kind is { } kind) found = found.Where(e => e.Kind == kind);
        if (query.From is { } from)
        {
            var start = zone.StartOf(Within(from));
            found = found.Where(e => e.At >= start);
        }

        if (query.Until is { } until)
        {
            var end = zone.StartOf(Within(until).AddDays(1));
            found = found.Where(e => e.At < end);
        }

        return found;

        static DateOnly Within(DateOnly day) => day.Year < 1900 ? new(1900, 1, 1) : day.Year > 9000 ? new(9000, 1, 1) : day;
    }

    /// <summary>The lines of some entries, in their order.</summary>
    public static async Task<List<LedgerLine>> LinesAsync(CrmDbContext db, long customerId, List<long> ids,
        CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var others = await OthersAsync(db, customerId, ids, cancellationToken);
        var rows = await db.LoyaltyEntries.AsNoTracking().Where(e => ids.Contains(e.Id)).Select(e => new
        {
            Entry = e,
            e.Booking!.Reason,
            e.Booking.ActorName,
            e.Booking.OrderId,
            e.Booking.Order!.ExternalId,
            e.Booking.Reference,
            e.Booking.ProgrammeId,
        }).ToDictionaryAsync(e => e.Entry.Id, cancellationToken);
        var opened = await db.LoyaltyLots.AsNoTracking().Where(l => ids.Contains(l.EntryId))
            .ToDictionaryAsync(l => l.EntryId, cancellationToken);
        var taken = (await db.LoyaltyLotUses.Where(u => ids.Contains(u.EntryId)).OrderBy(u => u.Id)
            .Select(u => new { u.EntryId, Lot = new LotTaken(u.LotId, u.Lot!.EntryId, u.Lot.Entry!.At, u.Lot.ExpiresAt, u.Points) })
            .ToListAsync(cancellationToken)).ToLookup(u => u.EntryId, u => u.Lot);
        var reversed = await db.LoyaltyEntries.Where(e => ids.Contains(e.ReversesId!.Value)).GroupBy(e => e.ReversesId!.Value)
            .Select(g => new { g.Key, Points = g.Sum(e => e.Points) }).ToDictionaryAsync(g => g.Key, g => g.Points, cancellationToken);
        return [.. ids.Where(rows.ContainsKey).Select(id => rows[id]).Select(r => new LedgerLine(
            r.Entry.Id, r.Entry.BookingId, r.Entry.Kind, r.Entry.Points, r.Entry.BalanceAfter + others.GetValueOrDefault(r.Entry.Id),
            r.Entry.At, r.Reason, r.ActorName, r.OrderId, r.OrderId is { } order ? Order.NameOf(order, r.ExternalId) : null, r.Reference,
            r.Entry.ReversesId, r.ProgrammeId, opened.GetValueOrDefault(r.Entry.Id)?.UsableAt,
            opened.GetValueOrDefault(r.Entry.Id)?.ExpiresAt, opened.GetValueOrDefault(r.Entry.Id)?.Remaining,
            r.Entry.Kind is EntryKind.Earned or EntryKind.Redeemed or EntryKind.Adjusted
                && r.Entry.Points + reversed.GetValueOrDefault(r.Entry.Id) != 0, [.. taken[r.Entry.Id]]))];
    }

    /// <summary>
    /// What the other accounts of a customer held when an entry was made, by the entry: whoever was merged has several, and their balance
    /// is that of all. All entries of the stretch are read once, in the order in which they were made.
    /// </summary>
    private static async Task<Dictionary<long, long>> OthersAsync(CrmDbContext db, long customerId, List<long> ids,
        CancellationToken cancellationToken)
    {
        var others = new Dictionary<long, long>();
        if (await db.LoyaltyAccounts.CountAsync(a => a.CustomerId == customerId, cancellationToken) < 2) return others;
        var (first, last) = (ids.Min(), ids.Max());
        var entries = db.LoyaltyEntries.Where(e => e.Account!.CustomerId == customerId);
        var held = await entries.Where(e => e.Id < first).GroupBy(e => e.AccountId)
            .Select(g => new { g.Key, Points = g.Sum(e => e.Points) }).ToDictionaryAsync(g => g.Key, g => g.Points, cancellationToken);
        var all = held.Values.Sum();
        await foreach (var entry in entries.Where(e => e.Id >= first && e.Id <= last).OrderBy(e => e.Id)
            .Select(e => new { e.Id, e.AccountId, e.Points }).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var own = held.GetValueOrDefault(entry.AccountId);
            others[entry.Id] = all - own;
            held[entry.AccountId] = own + entry.Points;
            all += entry.Points;
        }

        return others;
    }
}
