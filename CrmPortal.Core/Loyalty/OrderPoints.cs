using System.Globalization;
using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// What orders and refunds do to points, called in the transaction that changes them. Imported orders come from before the
/// programme and earn nothing until somebody has past orders booked (<see cref="PastOrderJob"/>); what they do to orders that earned is
/// settled all the same.
/// </summary>
internal sealed partial class OrderPoints(CrmDbContext db, IDatabaseProvider provider, Actor actor, ShopOptions shop, DateTimeOffset now)
{
    private LocalZone Zone => shop.Zone;

    /// <summary>
    /// Books what an order earns once it counts and has a customer; takes it back where it does not, or belongs to somebody else now.
    /// </summary>
    public async Task SettleAsync(long orderId, CancellationToken cancellationToken)
    {
        var order = await db.Orders.AsNoTracking().FirstAsync(o => o.Id == orderId, cancellationToken);
        // A till may have said what the order earns before the order itself came, or was paid.
        if (order is { ExternalId: { } number, CustomerId: { } buyer } && Order.CountedStatuses.Contains(order.Status))
        {
            await db.LoyaltyBookings.Where(b => b.Key == "earn " + number && b.OrderId == null
                && b.Entries.Any(e => e.Account!.CustomerId == buyer))
                .ExecuteUpdateAsync(b => b.SetProperty(x => x.OrderId, orderId), cancellationToken);
        }

        var earned = await EarnedAsync(orderId, cancellationToken);
        var counts = order.CustomerId is not null && Order.CountedStatuses.Contains(order.Status);
        foreach (var holder in earned.Where(e => e.Left > 0 && (!counts || e.CustomerId != order.CustomerId)).GroupBy(e => e.CustomerId))
        {
            if (holder.Key is not { } customerId) continue;
            var book = await LedgerBook.OpenAsync(db, provider, customerId, actor, now, cancellationToken);
            var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
            var booking = book.Begin(NotCounted, null, null, orderId, programmeId: programme.Id);
            foreach (var entry in holder)
                await book.ReverseEntryAsync(booking, entry.Entry, entry.Left, programme.Rules.AllowsDebt, cancellationToken);
            await book.SaveAsync(cancellationToken);
        }

        if (!counts) return;
        if (!earned.Any(e => e.Left > 0 && e.CustomerId == order.CustomerId))
        {
            await EarnAsync(order, earned.Count, cancellationToken);
            // Anyone who gets the order gets it without what was refunded of it before.
            await ClawBackAsync(orderId, null, cancellationToken);
        }

        var membership = new LoyaltySettlement(db, provider, actor, shop, now);
        var current = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
        await membership.ReferAsync(order.CustomerId!.Value, orderId, current, cancellationToken);
        await membership.SettleAsync(order.CustomerId.Value, current, cancellationToken);
    }

    /// <summary>Takes back what the refunded part of each order earned, as it was booked then.</summary>
    public async Task ClawBackAsync(long refundId, CancellationToken cancellationToken)
    {
        var orders = await db.RefundLines.Where(l => l.RefundId == refundId && l.OrderId != null).Select(l => l.OrderId!.Value).Distinct()
            .Order().ToListAsync(cancellationToken);
        foreach (var orderId in orders) await ClawBackAsync(orderId, refundId, cancellationToken);
    }

    /// <summary>Settles what a file changed: orders that earned points here and no longer count, or of which it brought refunds.</summary>
    /// <param name="changeSetId">Of the file.</param>
    public async Task SettleImportedAsync(long changeSetId, CancellationToken cancellationToken)
    {
        var rows = db.AuditEntries.Where(a => a.ChangeSetId == changeSetId);
        var changed = rows.Where(a => a.EntityType == nameof(Order) && a.Action == AuditAction.Updated).Select(a => a.EntityId);
        var refunded = rows.Where(a => a.EntityType == nameof(Refund))
            .Join(db.RefundLines, a => a.EntityId, l => l.RefundId, (_, l) => l.OrderId).Where(id => id != null).Select(id => id!.Value);
        var orders = await changed.Union(refunded).Join(db.LoyaltyBookings, id => id, b => b.OrderId, (id, _) => id).Distinct().Order()
            .ToListAsync(cancellationToken);
        foreach (var orderId in orders)
        {
            await SettleAsync(orderId, cancellationToken);
            await ClawBackAsync(orderId, null, cancellationToken);
        }
    }

    /// <summary>What a purchase of a customer would earn by some rules.</summary>
    public static PointsBasis BasisOf(IEnumerable<(long BaseAmount, string? Category)> lines, DateTimeOffset placedAt, string? tier,
        DateOnly? born, LocalZone zone) =>
        new([.. lines], zone.DayOf(placedAt), tier, born?.Month);

    /// <summary>Takes back of an order's points what all of its refunds so far take, less what was taken before.</summary>
    internal async Task ClawBackAsync(long orderId, long? refundId, CancellationToken cancellationToken)
    {
        var order = await db.Orders.Where(o => o.Id == orderId).Select(o => new OrderSum(o.Total, o.Currency, o.Rate))
            .FirstAsync(cancellationToken);
        var returned = await ReturnedAsync(orderId, order, cancellationToken);
        if (returned.Sum(r => r.Amount) == 0) return;
        var earned = (await EarnedAsync(orderId, cancellationToken)).Where(e => e.Left > 0 && e.CustomerId is not null).ToList();
        if (earned.Count == 0) return;
        var book = await LedgerBook.OpenAsync(db, provider, earned[0].CustomerId!.Value, actor, now, cancellationToken);
        var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
        var booking = book.Begin(Refunded, refundId is null
            ? null : string.Create(CultureInfo.InvariantCulture, $"refund {refundId} {orderId}"), null, orderId, null, refundId,
            programme.Id);
        foreach (var entry in earned)
        {
            var back = PointsCalculator.ClawBack(entry.Entry.Points, entry.Entry.Points - entry.Left, entry.Shares, returned, order.Total);
            await book.ReverseEntryAsync(booking, entry.Entry, back, programme.Rules.AllowsDebt, cancellationToken);
        }

        if (booking.Entries.Count == 0) db.Entry(booking).State = EntityState.Detached;
        await book.SaveAsync(cancellationToken);
    }

    private async Task EarnAsync(Order order, int earlier, CancellationToken cancellationToken)
    {
        var customer = await db.Customers.Where(c => c.Id == order.CustomerId).Select(c => new { c.Id, c.Tier, c.DateOfBirth })
            .FirstAsync(cancellationToken);
        var book = await LedgerBook.OpenAsync(db, provider, customer.Id, actor, now, cancellationToken);
        var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
        var lines = await db.OrderLines.Where(l => l.OrderId == order.Id).OrderBy(l => l.Id)
            .Select(l => new { l.Id, l.ProductId, l.Amount, l.Product!.Category }).ToListAsync(cancellationToken);
        var basis = BasisOf(lines.Select(l => (Money.ToBase(l.Amount, order.Currency, order.Rate, shop.Currency), l.Category)),
            order.PlacedAt, customer.Tier, customer.DateOfBirth, Zone);
        var points = await LimitedAsync(programme.Rules, customer.Id, PointsCalculator.Of(programme.Rules, basis, shop.Currency),
            cancellationToken);
        if (points > 0)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"order {order.Id} {earlier}");
            var shares = PointsCalculator.Shares(programme.Rules, lines.Select(l => (l.Id, l.ProductId, l.Amount, l.Category)));
            var booking = book.Begin("Purchase", key, null, order.Id, programmeId: programme.Id, shares: shares);
            var usable = programme.Rules.PendingDays == 0 ? now : Zone.StartOf(Zone.DayOf(now).AddDays(programme.Rules.PendingDays));
            book.Add(booking, EntryKind.Earned, points, usable, PointsCalculator.ExpiryOf(programme.Rules, now, Zone));
        }

        await book.SaveAsync(cancellationToken);
    }

    /// <summary>What is left of the limit of the month.</summary>
    internal async Task<long> LimitedAsync(ProgrammeRules rules, long customerId, long points, CancellationToken cancellationToken)
    {
        if (rules.MostPointsPerMonth is not { } most) return points;
        var today = Zone.DayOf(now);
        var start = Zone.StartOf(new(today.Year, today.Month, 1));
        var earned = await db.LoyaltyEntries.Where(e => e.Account!.CustomerId == customerId && e.At >= start
            && (e.Kind == EntryKind.Earned || (e.Kind == EntryKind.Reversed && e.Reverses!.Kind == EntryKind.Earned)))
            .SumAsync(e => e.Points, cancellationToken);
        return Math.Clamp(most - earned, 0, points);
    }

    /// <summary>What was booked for an order, with what is left of each entry after its reversals.</summary>
    private async Task<List<(LoyaltyEntry Entry, long Left, long? CustomerId, IReadOnlyList<PointShare> Shares)>> EarnedAsync(long orderId,
        CancellationToken cancellationToken)
    {
        var found = await db.LoyaltyEntries.AsNoTracking().Where(e => e.Booking!.OrderId == orderId && e.Kind == EntryKind.Earned)
            .OrderBy(e => e.Id)
            .Select(e => new { Entry = e, e.Account!.CustomerId, e.Booking!.Shares, Reversed = db.Set<LoyaltyEntry>()
                .Where(r => r.ReversesId == e.Id).Sum(r => r.Points) }).ToListAsync(cancellationToken);
        return found.ConvertAll(f => (f.Entry, f.Entry.Points + f.Reversed, f.CustomerId, f.Shares is null ? [] : JsonSerializer
            .Deserialize<IReadOnlyList<PointShare>>(f.Shares)!));
    }
}
