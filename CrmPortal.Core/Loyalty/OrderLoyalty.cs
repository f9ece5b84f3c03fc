using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Loyalty;

/// <summary>What the programme does with orders.</summary>
internal sealed class OrderLoyalty(IDatabaseProvider provider, IOptions<ShopOptions> shop, TimeProvider clock) : IOrderLoyalty
{
    public Task LockAsync(CrmDbContext db, IReadOnlyCollection<long> customerIds, CancellationToken cancellationToken) =>
        LoyaltySettlement.LockAsync(db, provider, customerIds, cancellationToken);

    public Task SettleAsync(CrmDbContext db, Actor actor, long orderId, CancellationToken cancellationToken) =>
        Points(db, actor).SettleAsync(orderId, cancellationToken);

    public Task ClawBackAsync(CrmDbContext db, Actor actor, long refundId, CancellationToken cancellationToken) =>
        Points(db, actor).ClawBackAsync(refundId, cancellationToken);

    public Task RestoreAsync(CrmDbContext db, Actor actor, long orderId, long changeSetId, CancellationToken cancellationToken) =>
        Points(db, actor).RestoreAsync(orderId, changeSetId, cancellationToken);

    public Task RestoreRefundedAsync(CrmDbContext db, Actor actor, long orderId, CancellationToken cancellationToken) =>
        Points(db, actor).RestoreRefundedAsync(orderId, cancellationToken);

    /// <summary>Who removes a review and writes it again gets no second bonus.</summary>
    public async Task<long> ThankForReviewAsync(CrmDbContext db, Actor actor, long customerId, long productId,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var programme = await ProgrammeStore.CurrentAsync(db, now, cancellationToken);
        if (programme.Rules.ReviewBonus == 0) return 0;
        var key = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"review {customerId} {productId}");
        if (await db.LoyaltyBookings.AnyAsync(b => b.Key == key, cancellationToken)) return 0;
        var book = await LedgerBook.OpenAsync(db, provider, customerId, actor, now, cancellationToken);
        var points = await new OrderPoints(db, provider, actor, shop.Value, now)
            .LimitedAsync(programme.Rules, customerId, programme.Rules.ReviewBonus, cancellationToken);
        if (points > 0)
        {
            var zone = shop.Value.Zone;
            var usable = programme.Rules.PendingDays == 0 ? now : zone.StartOf(zone.DayOf(now).AddDays(programme.Rules.PendingDays));
            book.Add(book.Begin("Review", key, programmeId: programme.Id), EntryKind.Earned, points, usable,
                PointsCalculator.ExpiryOf(programme.Rules, now, zone));
        }

        await book.SaveAsync(cancellationToken);
        // As after every booking: who becomes a member by it, or reaches a tier whose basis is points, has both at once.
        if (points > 0) await new LoyaltySettlement(db, provider, actor, shop.Value, now)
            .SettleAsync(customerId, programme, cancellationToken);
        return points;
    }

    public async Task<(IReadOnlyList<OrderBooking> Bookings, OrderPointsLeft Points)> OfAsync(CrmDbContext db, long orderId,
        int mostBookings, CancellationToken cancellationToken)
    {
        var bookings = await db.LoyaltyBookings.AsNoTracking().Where(b => b.OrderId == orderId).OrderByDescending(b => b.Id)
            .Select(b => new OrderBooking(b.Id, b.At, b.Reason, b.Entries.Sum(e => e.Points))).Take(mostBookings)
            .ToListAsync(cancellationToken);
        if (bookings.Count == 0) return (bookings, new(0, 0));
        var earned = await db.LoyaltyEntries.Where(e => e.Booking!.OrderId == orderId && e.Kind == EntryKind.Earned)
            .Select(e => new { e.Points, Reversed = -db.Set<LoyaltyEntry>().Where(r => r.ReversesId == e.Id).Sum(r => r.Points) })
            .ToListAsync(cancellationToken);
        var left = earned.FindAll(e => e.Points > e.Reversed);
        return (bookings, new(left.Sum(e => e.Points), left.Sum(e => e.Reversed)));
    }

    private OrderPoints Points(CrmDbContext db, Actor actor) => new(db, provider, actor, shop.Value, clock.GetUtcNow());
}
