using System.Linq.Expressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// The programme in figures, and what the shop owes its members. Everything is added up by the database, however many accounts there are.
/// </summary>
public sealed partial class LiabilityService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, AuditLog audit,
    TimeProvider clock, IOptions<ShopOptions> shop)
{
    /// <summary>So many months of issue are looked at one by one.</summary>
    private const int MonthsBack = 36;

    private const int MonthsAhead = 12;

    private LocalZone Zone => shop.Value.Zone;

    private DateOnly Today => Zone.DayOf(clock.GetUtcNow());

    /// <summary>Members, points and the redemption rate at this moment.</summary>
    public async Task<LoyaltyMetrics> MetricsAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var tiers = (await ProgrammeStore.CurrentAsync(db, clock.GetUtcNow(), cancellationToken)).Rules.Tiers;
        var since = Zone.StartOf(Today.AddYears(-1));
        var members = db.Customers.Where(c => c.DeletedAt == null && db.Set<LoyaltyAccount>().Any(a => a.CustomerId == c.Id));
        var active = await members.Where(c => c.LastOrderAt >= since
            || db.Set<LoyaltyEntry>().Any(e => e.Account!.CustomerId == c.Id && e.At >= since))
            .GroupBy(c => c.Tier).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var byTier = tiers.ToDictionary(t => t.Code, _ => 0);
        foreach (var group in active)
        {
            var code = group.Key ?? tiers[0].Code;
            byTier[code] = byTier.GetValueOrDefault(code) + group.Count;
        }

        var (issued, redeemed, expired) = await TotalsAsync(db, cancellationToken);
        return new(
            await members.CountAsync(cancellationToken), active.Sum(g => g.Count), byTier, issued, redeemed, expired,
            await db.LoyaltyAccounts.SumAsync(a => a.Balance, cancellationToken), issued <= 0
                ? 0 : Math.Round(100m * redeemed / issued, 1, MidpointRounding.AwayFromZero));
    }

    /// <summary>
    /// The share of points that is expected to be spent, from 0 to 1, as <see cref="LiabilityAsync"/> reckons it: what is owed and what a
    /// draft would cost rest on one figure.
    /// </summary>
    internal async Task<decimal> ExpectedRateAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ProgrammeEdit, cancellationToken);
        return (await ReckonAsync(cancellationToken)).ExpectedRate;
    }

    /// <summary>What is left × value, what is expected never to be spent, and what expires when.</summary>
    public async Task<LoyaltyLiability> LiabilityAsync(CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.ReportsView, cancellationToken);
        return await ReckonAsync(cancellationToken);
    }

    private async Task<LoyaltyLiability> ReckonAsync(CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var value = (await ProgrammeStore.CurrentAsync(db, now, cancellationToken)).Rules.PointValue;
        var thisMonth = new DateOnly(Today.Year, Today.Month, 1);
        var past = new MonthBuckets(thisMonth.AddMonths(1 - MonthsBack), MonthsBack, Zone);

        var issued =
            await SumAsync(db.LoyaltyEntries.Where(e => e.Kind == EntryKind.Earned || (e.Kind == EntryKind.Adjusted && e.Points > 0)
            || (e.Kind == EntryKind.Reversed && e.Reverses!.Points > 0)),
            e => e.ReversesId == null ? e.At : e.Reverses!.At, null, e => e.Points, past, cancellationToken);
        var left = await SumAsync(db.LoyaltyLots.Where(l => l.Remaining > 0 && (l.ExpiresAt == null || l.ExpiresAt > now)),
            l => l.Entry!.At, null, l => l.Remaining, past, cancellationToken);
        // What was given back counts at the age at which it was spent.
        var redeemed = await SumAsync(db.LoyaltyLotUses.Where(u => u.Entry!.Kind == EntryKind.Redeemed
            || (u.Entry.Kind == EntryKind.Reversed && u.Entry.Reverses!.Kind == EntryKind.Redeemed)),
            u => u.Lot!.Entry!.At, u => u.Entry!.Kind == EntryKind.Redeemed ? u.Entry.At : u.Entry.Reverses!.At, u => u.Points, past,
                cancellationToken);

        var redeemedAtAge = redeemed.GroupBy(r => r.First)
            .ToDictionary(g => g.Key, g => g.ToDictionary(r => r.Second - g.Key, r => r.Points));
        var curve = RedemptionCurve
            .Of([.. Enumerable.Range(1, MonthsBack)
            .Select(m =>
            (At(issued, m),
            (IReadOnlyList<long>)[.. Enumerable.Range(0, MonthsBack - m)
            .Select(age => redeemedAtAge.GetValueOrDefault(m)?.GetValueOrDefault(age) ?? 0)]))]);
        var months = Enumerable.Range(0, MonthsBack + 1).Select(m => new IssuedMonth(
            m == 0 ? null : past.Months[m - 1], MonthsBack - m, At(issued, m), redeemed.Where(r => r.First == m).Sum(r => r.Points),
                At(left, m), At(left, m) * RedemptionCurve.Expected(curve, MonthsBack - m)))
            .Where(m => m is not { Issued: 0, Redeemed: 0, Left: 0 }).ToList();
        var total = months.Sum(m => m.Left);
        var expected = months.Sum(m => m.ExpectedRedeemed);
        return new(
            now, total, value, curve, total == 0 ? 1 : expected / total, (long)Math.Round(total - expected, MidpointRounding.AwayFromZero),
            Money.ToMinor(total * value, shop.Value.Currency), Money.ToMinor(expected * value, shop.Value.Currency), months,
                await ExpiringAsync(db, thisMonth, now, cancellationToken));

        static long At(List<Sum> sums, int month) => sums.Where(s => s.First == month).Sum(s => s.Points);
    }

    /// <summary>The part of a sale's price that belongs to the points given with it; see <see cref="RedemptionCurve.Deferred"/>.</summary>
    public static decimal Deferred(decimal price, long points, decimal pointValue, decimal expectedRate, string currency) =>
        RedemptionCurve.Deferred(price, points, pointValue, expectedRate, currency);

    private async Task<List<ExpiringMonth>> ExpiringAsync(CrmDbContext db, DateOnly thisMonth, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var ahead = new MonthBuckets(thisMonth, MonthsAhead, Zone);
        var found = await SumAsync(db.LoyaltyLots.Where(l => l.Remaining > 0 && l.ExpiresAt > now), l => l.ExpiresAt!.Value, null,
            l => l.Remaining, ahead, cancellationToken, isEnd: true);
        var never = await db.LoyaltyLots.Where(l => l.Remaining > 0 && l.ExpiresAt == null).SumAsync(l => l.Remaining, cancellationToken);
        return
        [
            .. ahead.Months.Select((month, i) => new ExpiringMonth(month, false, found.Where(f => f.First == i + 1).Sum(f => f.Points))),
            new(null, false, found.Where(f => f.First > MonthsAhead).Sum(f => f.Points)),
            new(null, true, never),
        ];
    }

    private static async Task<(long Issued, long Redeemed, long Expired)> TotalsAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var sums = await db.LoyaltyEntries.Where(e => e.Kind != EntryKind.Reversed).GroupBy(e => new { e.Kind, IsPositive = e.Points > 0 })
            .Select(g => new { g.Key.Kind, g.Key.IsPositive, Points = g.Sum(e => e.Points) }).ToListAsync(cancellationToken);
        var reversed = await db.LoyaltyEntries.Where(e => e.Kind == EntryKind.Reversed)
            .GroupBy(e => new { e.Reverses!.Kind, IsPositive = e.Reverses.Points > 0 })
            .Select(g => new { g.Key.Kind, g.Key.IsPositive, Points = g.Sum(e => e.Points) }).ToListAsync(cancellationToken);
        var all = sums.Concat(reversed).ToList();
        return (
            all.Where(s => s.Kind == EntryKind.Earned || (s.Kind == EntryKind.Adjusted && s.IsPositive)).Sum(s => s.Points),
            -all.Where(s => s.Kind == EntryKind.Redeemed).Sum(s => s.Points),
            -all.Where(s => s.Kind == EntryKind.Expired).Sum(s => s.Points));
    }

    /// <summary>Adds points up by one or two months in one statement.</summary>
    private static async Task<List<Sum>> SumAsync<T>(
        IQueryable<T> rows, Expression<Func<T, DateTimeOffset>> first, Expression<Func<T, DateTimeOffset>>? second,
            Expression<Func<T, long>> points, MonthBuckets months, CancellationToken cancellationToken, bool isEnd = false)
    {
        var row = first.Parameters[0];
        var cell = Expression.MemberInit(
            Expression.New(typeof(Cell)),
            Expression.Bind(typeof(Cell).GetProperty(nameof(Cell.First))!, months.NumberOf(first.Body, isEnd)),
            Expression.Bind(typeof(Cell).GetProperty(nameof(Cell.Second))!, second is null
                ? Expression.Constant(0) : months.NumberOf(FilterExpressions.Replaced(second.Body, second.Parameters[0], row))),
            Expression.Bind(typeof(Cell).GetProperty(nameof(Cell.Points))!,
                FilterExpressions.Replaced(points.Body, points.Parameters[0], row)));
        return await rows.Select(Expression.Lambda<Func<T, Cell>>(cell, row)).GroupBy(c => new { c.First, c.Second })
            .Select(g => new Sum(g.Key.First, g.Key.Second, g.Sum(c => c.Points))).ToListAsync(cancellationToken);
    }

    private sealed class Cell
    {
        public int First { get; init; }
        public int Second { get; init; }
        public long Points { get; init; }
    }

    private sealed record Sum(int First, int Second, long Points);
}
