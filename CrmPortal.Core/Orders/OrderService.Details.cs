using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <content>One order in full.</content>
public sealed partial class OrderService
{
    private async Task<OrderDetails?> DetailsAsync(CrmDbContext db, Grant grant, long id, CancellationToken cancellationToken)
    {
        var order = await db.Orders.AsNoTracking().Include(o => o.Customer).FirstOrDefaultAsync(o => o.Id == id, cancellationToken);
        if (order is null) return null;
        var lines = await db.OrderLines.Where(l => l.OrderId == id).OrderBy(l => l.Id).Details().ToListAsync(cancellationToken);
        var refunds = await db.Refunds.AsNoTracking().Where(r => db.Set<RefundLine>().Where(l => l.OrderId == id).Select(l => l.RefundId)
            .Contains(r.Id))
            .OrderBy(r => r.RefundedAt).ThenBy(r => r.Id).ToListAsync(cancellationToken);
        var returned = await db.RefundLinesAsync([.. refunds.Select(r => r.Id)], cancellationToken);
        var (bookings, points) = await loyalty.OfAsync(db, id, MostBookings, cancellationToken);
        var left = RefundableBalance.Of(lines, await db.ReturnedOfAsync(order, cancellationToken), order.Total);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        return new(
            order.Id, order.Name, order.ExternalId, order.Channel, order.Status, order.PlacedAt, Sight(grant).Of(order.Customer),
                order.Currency, order.Rate, order.Total, order.BaseTotal, left.Lines,
            [.. refunds.Select(r => Details(r, [.. returned[r.Id]]))])
        {
            PaymentMethod = order.PaymentMethod,
            ShippingAddress = Shown(order.ShippingAddress, maySee),
            BillingAddress = Shown(order.BillingAddress, maySee),
            Contact = new(order.LoyaltyCard, maySee ? order.ContactEmail : Masking.Email(order.ContactEmail), maySee
                ? order.ContactPhone : Masking.Phone(order.ContactPhone)),
            Buyer = order.Customer is { DeletedAt: null } buyer && grant.Has(Permissions.CustomersView)
                ? new(buyer.Number, buyer.AvatarId, buyer.IsVip, maySee ? buyer.Email : Masking.Email(buyer.Email),
                    maySee ? buyer.Phone : Masking.Phone(buyer.Phone), buyer.OrderCount, buyer.TotalSpent)
                : null,
            IsMasked = !maySee,
            Version = order.Version,
            Refunded = order.Total - left.Amount,
            Refundable = Order.CountedStatuses.Contains(order.Status) ? Math.Max(0, left.Amount) : 0,
            Bookings = bookings,
            Points = points,
        };
    }

    private static RefundDetails Details(Refund r, IReadOnlyList<OrderLineDetails> lines) =>
        new(r.Id, r.Name, r.RefundedAt, r.Amount, r.Currency, r.Reason, lines) { ExternalId = r.ExternalId, IsReturn = r.IsReturn };

    private static OrderAddress? Shown(OrderAddress? address, bool maySee) =>
        address is null || maySee ? address : address with { Line1 = Masking.Text(address.Line1), Line2 = Masking.Text(address.Line2) };
}
