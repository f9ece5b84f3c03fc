using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Orders;

/// <summary>
/// What orders ask of the loyalty programme, each in the transaction that changes the order. Orders stand before points: they know
/// nothing of the ledger but this.
/// </summary>
public interface IOrderLoyalty
{
    /// <summary>Locks customers whose orders change, and with them anyone who may get points by it.</summary>
    Task LockAsync(CrmDbContext db, IReadOnlyCollection<long> customerIds, CancellationToken cancellationToken);

    /// <summary>Books what an order earns, or takes it back, after the order has changed.</summary>
    Task SettleAsync(CrmDbContext db, Actor actor, long orderId, CancellationToken cancellationToken);

    /// <summary>Takes back what the refunded part of the orders of a refund earned.</summary>
    Task ClawBackAsync(CrmDbContext db, Actor actor, long refundId, CancellationToken cancellationToken);

    /// <summary>
    /// Gives back what a change set took of an order's points, when that change is taken back: the very points, with the day on which
    /// they expire, whatever the rules are by now.
    /// </summary>
    Task RestoreAsync(CrmDbContext db, Actor actor, long orderId, long changeSetId, CancellationToken cancellationToken);

    /// <summary>Gives back what a refund took of an order's points, once the refund is gone.</summary>
    Task RestoreRefundedAsync(CrmDbContext db, Actor actor, long orderId, CancellationToken cancellationToken);

    /// <summary>Books the bonus of a first review, once for a customer and a product, and answers the points.</summary>
    Task<long> ThankForReviewAsync(CrmDbContext db, Actor actor, long customerId, long productId, CancellationToken cancellationToken);

    /// <summary>What was booked for an order, newest first, and what is left of the points that it earned.</summary>
    Task<(IReadOnlyList<OrderBooking> Bookings, OrderPointsLeft Points)> OfAsync(CrmDbContext db, long orderId, int mostBookings,
        CancellationToken cancellationToken);
}
