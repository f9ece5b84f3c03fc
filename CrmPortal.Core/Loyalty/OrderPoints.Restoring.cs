using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <content>Points that come back because what took them is taken back.</content>
internal sealed partial class OrderPoints
{
    private const string NotCounted = "The order does not count any more";
    private const string CountsAgain = "The order counts again";
    private const string Refunded = "Refund";
    private const string RefundUndone = "Refund undone";

    /// <summary>Gives back what was taken of an order's points when it ceased to count.</summary>
    public async Task RestoreAsync(long orderId, CancellationToken cancellationToken)
    {
        var last = await db.LoyaltyBookings.Where(b => b.OrderId == orderId && b.Reason == NotCounted).OrderByDescending(b => b.Id)
            .Select(b => b.ChangeSetId).FirstOrDefaultAsync(cancellationToken);
        if (last is { } changeSet) await RestoreAsync(orderId, changeSet, cancellationToken);
    }

    /// <summary>Gives back what was taken of an order's points in a change set.</summary>
    public async Task RestoreAsync(long orderId, long changeSetId, CancellationToken cancellationToken)
    {
        var taken = await db.LoyaltyEntries.Where(e => e.Booking!.OrderId == orderId && e.Booking.ChangeSetId == changeSetId
            && e.Booking.Reason == NotCounted && e.Kind == EntryKind.Reversed && e.ReversesId != null)
            .GroupBy(e => e.ReversesId!.Value).Select(g => new { g.Key, Points = -g.Sum(e => e.Points) })
            .ToDictionaryAsync(g => g.Key, g => g.Points, cancellationToken);
        if (taken.Count == 0) return;
        var earned = await EarnedAsync(orderId, cancellationToken);
        await GiveBackAsync(orderId, CountsAgain,
            earned.Where(e => taken.ContainsKey(e.Entry.Id)).Select(e => (e.CustomerId, e.Entry, taken[e.Entry.Id])), cancellationToken);
    }

    /// <summary>
    /// Gives back what refunds took of an order's points beyond what those that are left take. Points that the order lost for another
    /// reason, as by going to another customer, stay away.
    /// </summary>
    public async Task RestoreRefundedAsync(long orderId, CancellationToken cancellationToken)
    {
        var order = await db.Orders.Where(o => o.Id == orderId).Select(o => new { o.CustomerId, o.Total, o.Currency, o.Rate })
            .FirstAsync(cancellationToken);
        var earned = (await EarnedAsync(orderId, cancellationToken))
            .FindAll(e => e.CustomerId is not null && e.CustomerId == order.CustomerId);
        if (earned.Count == 0) return;
        var ids = earned.ConvertAll(e => e.Entry.Id);
        var reversed = (await db.LoyaltyEntries.Where(e => ids.Contains(e.ReversesId!.Value))
            .GroupBy(e => new { Id = e.ReversesId!.Value, e.Booking!.Reason })
            .Select(g => new { g.Key.Id, g.Key.Reason, Points = -g.Sum(e => e.Points) }).ToListAsync(cancellationToken))
            .ToLookup(r => r.Id);
        var returned = await ReturnedAsync(orderId, new(order.Total, order.Currency, order.Rate), cancellationToken);
        await GiveBackAsync(orderId, RefundUndone, earned
            .Where(e => reversed[e.Entry.Id].Where(r => r.Reason is NotCounted or CountsAgain).Sum(r => r.Points) == 0)
            .Select(e => (e.CustomerId, e.Entry, reversed[e.Entry.Id].Where(r => r.Reason is Refunded or RefundUndone).Sum(r => r.Points)
                - PointsCalculator.ClawBack(e.Entry.Points, 0, e.Shares, returned, order.Total))), cancellationToken);
    }

    private async Task GiveBackAsync(long orderId, string reason, IEnumerable<(long? CustomerId, LoyaltyEntry Entry, long Points)> parts,
        CancellationToken cancellationToken)
    {
        foreach (var holder in parts.Where(p => p is { CustomerId: not null, Points: > 0 }).GroupBy(p => p.CustomerId!.Value)
            .OrderBy(g => g.Key).ToList())
        {
            var book = await LedgerBook.OpenAsync(db, provider, holder.Key, actor, now, cancellationToken);
            var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
            var booking = book.Begin(reason, null, null, orderId, programmeId: programme.Id);
            foreach (var (_, entry, points) in holder) await book.GiveBackAsync(booking, entry, points, cancellationToken);
            await book.SaveAsync(cancellationToken);
            await new LoyaltySettlement(db, provider, actor, shop, now).SettleAsync(holder.Key, programme, cancellationToken);
        }
    }

    /// <summary>Everything that came back of an order so far, in its currency.</summary>
    private async Task<List<ReturnedPart>> ReturnedAsync(long orderId, OrderSum order, CancellationToken cancellationToken) =>
        (await db.RefundLines.Where(l => l.OrderId == orderId).OrderBy(l => l.Id)
            .Select(l => new { l.OrderLineId, l.ProductId, l.Amount, l.Refund!.Currency, l.Refund.Rate }).ToListAsync(cancellationToken))
            .ConvertAll(l => new ReturnedPart(l.OrderLineId, l.ProductId, Money
                .Convert(l.Amount, l.Currency, l.Rate, order.Currency, order.Rate)));

    private sealed record OrderSum(long Total, string Currency, decimal? Rate);
}
