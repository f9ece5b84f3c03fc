using System.Linq.Expressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Glance;

/// <summary>
/// The customer at a glance: figures of a year, points and tier, the last order, the next date and the last note. The number of statements
/// does not depend on how much a customer has, and each reads along an index.
/// </summary>
public sealed class CustomerGlanceService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access, ShopClock clock,
    TierService tiers)
{
    private const int MonthsBack = 12;
    private const int LongestLine = 200;

    /// <summary>What there is to say of a customer at this moment; null where there is none, or they are in the trash.</summary>
    /// <exception cref="SignedOutException">Nobody is signed in.</exception>
    /// <exception cref="AccessDeniedException">The acting user may not see customers.</exception>
    public async Task<CustomerGlanceDetails?> GetAsync(long customerId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await tiers.StandingAsync(db, customerId, cancellationToken) is not { } standing) return null;
        var points = await LedgerQueries.PointsAsync(db, customerId, clock.Now, cancellationToken);
        return new(customerId, standing, points,
            grant.Has(Permissions.OrdersView) ? await PurchasesAsync(db, customerId, cancellationToken) : null,
            await NextDateAsync(db, customerId, points, grant, cancellationToken),
            await LastNoteAsync(db, customerId, grant, cancellationToken))
        {
            Scores = RfmScores.Of(await db.CustomerScores.AsNoTracking().FirstOrDefaultAsync(s => s.CustomerId == customerId,
                cancellationToken)),
        };
    }

    /// <summary>What comes first; on the same day the birthday, then what somebody wrote down.</summary>
    private async Task<NextDateGlance?> NextDateAsync(CrmDbContext db, long customerId, PointsGlance points, Grant grant,
        CancellationToken cancellationToken)
    {
        var dates = new List<NextDateGlance>();
        var (important, born) = await RelationService.NextDateAsync(db, customerId, clock.Today, cancellationToken);
        if (born is { } birth && grant.Has(Permissions.CustomersSensitive))
            dates.Add(new(NextDateKind.Birthday, RelationService.NextOf(birth, clock.Today)));
        if (important is { Next: { } next }) dates.Add(new(NextDateKind.Important, next, important.Label));
        // They can be spent until the end of that day.
        if (points.NextExpiryAt is { } end) dates.Add(new(NextDateKind.PointsExpire, clock.DayOf(end.AddTicks(-1))));
        return dates.MinBy(d => d.Day);
    }

    private async Task<PurchaseGlance> PurchasesAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken)
    {
        var months = new MonthBuckets(clock.ThisMonth.AddMonths(1 - MonthsBack), MonthsBack, clock.Zone);
        var (start, end) = (clock.StartOf(months.Months[0]), clock.StartOf(clock.ThisMonth.AddMonths(1)));
        var movements = db.Orders.Where(o => o.CustomerId == customerId && Order.CountedStatuses.Contains(o.Status) && o.PlacedAt >= start
                && o.PlacedAt < end)
            .Select(o => new Movement { At = o.PlacedAt, Orders = 1, Amount = o.BaseTotal })
            .Concat(db.Refunds.Where(r => r.CustomerId == customerId && r.RefundedAt >= start && r.RefundedAt < end)
                .Select(r => new Movement { At = r.RefundedAt, Orders = 0, Amount = -r.BaseAmount }));
        var movement = Expression.Parameter(typeof(Movement), "movement");
        var month = Expression.Lambda<Func<Movement, int>>(
            months.NumberOf(Expression.Property(movement, nameof(Movement.At))), movement);
        var sums = await movements.GroupBy(month)
            .Select(g => new { g.Key, Orders = g.Sum(m => m.Orders), Amount = g.Sum(m => m.Amount) })
            .ToDictionaryAsync(s => s.Key, cancellationToken);
        var last = await db.Orders.AsNoTracking().Where(o => o.CustomerId == customerId).OrderByDescending(o => o.PlacedAt)
            .ThenByDescending(o => o.Id).Select(o => new { o.Id, o.ExternalId, o.PlacedAt, o.Status, o.Total, o.Currency })
            .FirstOrDefaultAsync(cancellationToken);
        return new(
            [.. months.Months.Select((m, i) => sums.TryGetValue(i + 1, out var sum)
                ? new MonthGlance(m, sum.Orders, sum.Amount) : new MonthGlance(m, 0, 0))],
            last is null ? null : new(last.Id, Order.NameOf(last.Id, last.ExternalId), last.PlacedAt, last.Status, last.Total,
                last.Currency));
    }

    private static async Task<NoteGlance?> LastNoteAsync(CrmDbContext db, long customerId, Grant grant,
        CancellationToken cancellationToken)
    {
        var note = await NoteService.Visible(db, customerId, grant).OrderByDescending(n => n.CreatedAt).ThenByDescending(n => n.Id)
            .FirstOrDefaultAsync(cancellationToken);
        return note is null ? null
            : new(note.Id, RichText.FirstLine(note.Text, LongestLine), note.AuthorName, note.CreatedAt, note.IsPrivate);
    }

    /// <summary>What raises or lowers the figures of a month.</summary>
    private sealed class Movement
    {
        public DateTimeOffset At { get; init; }
        public int Orders { get; init; }
        public long Amount { get; init; }
    }
}
