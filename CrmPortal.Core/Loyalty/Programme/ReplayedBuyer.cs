using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Loyalty;

/// <summary>A customer's counted orders and refunds as they are played through.</summary>
/// <param name="Refunds">What was given back, by its day, in the base currency.</param>
internal sealed record ReplayedBuyer(long Id, DateOnly? Born, IReadOnlyList<ReplayedOrder> Orders,
    IReadOnlyList<(DateTimeOffset At, long Amount)> Refunds)
{
    /// <summary>Reads what some customers bought; those in the trash are left out.</summary>
    /// <param name="first">Orders from before it are left out; null for all.</param>
    public static async Task<List<ReplayedBuyer>> ReadAsync(CrmDbContext db, List<long> ids, DateTimeOffset? first, ShopOptions shop,
        CancellationToken cancellationToken)
    {
        var from = first ?? DateTimeOffset.UnixEpoch.AddYears(-100);
        var born = await db.Customers.Where(c => ids.Contains(c.Id) && c.DeletedAt == null).Select(c => new { c.Id, c.DateOfBirth })
            .ToDictionaryAsync(c => c.Id, c => c.DateOfBirth, cancellationToken);
        var orders = await db.Orders.Where(o => ids.Contains(o.CustomerId!.Value) && Order.CountedStatuses.Contains(o.Status)
            && o.PlacedAt >= from)
            .OrderBy(o => o.PlacedAt).ThenBy(o => o.Id).Select(o => new { o.Id, CustomerId = o.CustomerId!.Value, o.PlacedAt, o.Currency,
                o.Rate, o.Total, o.BaseTotal }).ToListAsync(cancellationToken);
        var money = orders.ToDictionary(o => o.Id, o => (o.Currency, o.Rate));
        var lines = (await db.OrderLines.Where(l => ids.Contains(l.Order!.CustomerId!.Value) && Order.CountedStatuses
            .Contains(l.Order.Status) && l.Order.PlacedAt >= from)
            .OrderBy(l => l.Id).Select(l => new { l.Id, l.OrderId, l.ProductId, l.Amount, l.Product!.Category })
                .ToListAsync(cancellationToken)).ToLookup(l => l.OrderId);
        var returned = (await db.RefundLines.Where(l => ids.Contains(l.Order!.CustomerId!.Value) && l.Order.PlacedAt >= from)
            .OrderBy(l => l.Id)
            .Select(l => new { OrderId = l.OrderId!.Value, l.RefundId, l.Refund!.RefundedAt, l.OrderLineId, l.ProductId, l.Amount,
                l.Refund.Currency, l.Refund.Rate }).ToListAsync(cancellationToken)).ToLookup(l => l.OrderId);
        var refunds = (await db.Refunds.Where(r => ids.Contains(r.CustomerId!.Value) && r.RefundedAt >= from)
            .Select(r => new { Id = r.CustomerId!.Value, r.RefundedAt, r.BaseAmount }).ToListAsync(cancellationToken)).ToLookup(r => r.Id);
        return [.. orders.GroupBy(o => o.CustomerId).Where(g => born.ContainsKey(g.Key)).OrderBy(g => g.Key).Select(g => new ReplayedBuyer(
            g.Key, born[g.Key],
            [.. g.Select(o => new ReplayedOrder(o.Id, o.PlacedAt, o.BaseTotal, o.Total, RefundsOf(o.Id),
                [.. lines[o.Id].Select(l => new ReplayedLine(l.Id, l.ProductId, l.Amount, Money
                    .ToBase(l.Amount, o.Currency, o.Rate, shop.Currency), l.Category))]))],
            [.. refunds[g.Key].Select(r => (r.RefundedAt, r.BaseAmount))]))];

        IReadOnlyList<(DateTimeOffset At, IReadOnlyList<ReturnedPart> Parts)> RefundsOf(long orderId) =>
            [.. returned[orderId].GroupBy(r => (r.RefundId, r.RefundedAt)).Select(r => (
            r.Key.RefundedAt,
            (IReadOnlyList<ReturnedPart>)[.. r.Select(l => new ReturnedPart(l.OrderLineId, l.ProductId, Money
                .Convert(l.Amount, l.Currency, l.Rate, money[orderId].Currency, money[orderId].Rate)))]))];
    }
}
