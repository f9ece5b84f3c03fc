using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <content>Whose order it is.</content>
public sealed partial class OrderService
{
    /// <summary>
    /// Gives an order to a customer, with its refunds and points, or takes it from them; null where there is no such order.
    /// </summary>
    /// <exception cref="Common.RuleViolationException">There is no such customer.</exception>
    public Task<OrderChangeResult?> MatchAsync(long id, long? customerId, long? expectedVersion, CancellationToken cancellationToken) =>
        UpdateAsync(id, new OrderInput { CustomerId = new(customerId) }, expectedVersion, cancellationToken);

    /// <summary>
    /// Looks once more for the customer of an order by what the selling system gave; it stays as it is where nobody is found.
    /// </summary>
    public async Task<OrderChangeResult?> MatchByContactAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersEdit, cancellationToken);
        return await RetriedAsync(async () =>
        {
            long? found;
            await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
                found = await MatchAgainAsync(db, id, null, cancellationToken);
            return await UpdateOnceAsync(grant, id, found is null ? new() : new OrderInput { CustomerId = found }, null, cancellationToken);
        });
    }

    /// <summary>Who fits an order by its card, e-mail and phone.</summary>
    public async Task<IReadOnlyList<OrderCandidate>> CandidatesAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersEdit, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var order = await db.Orders.Where(o => o.Id == id).Select(o => new { o.LoyaltyCard, o.ContactEmail, o.ContactPhone, o.CustomerId })
            .FirstOrDefaultAsync(cancellationToken);
        if (order is null) return [];
        var found = (await OrderMatcher.ProposeAsync(db, options.Value.MatchKeys, order.LoyaltyCard, order.ContactEmail, order.ContactPhone,
            cancellationToken)).Where(f => f.Id != order.CustomerId).ToList();
        if (found.Count == 0) return [];
        var ids = found.ConvertAll(f => f.Id);
        var customers = await db.Customers.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        var sight = Sight(grant);
        return [.. found.Where(f => customers.ContainsKey(f.Id))
            .Select(f => new OrderCandidate(f.Id, customers[f.Id].Number, sight.Of(customers[f.Id])!.Name, f.Key))];
    }

    /// <summary>The customer whom an order without one belongs to, by what it says with some changes.</summary>
    private async Task<long?> MatchAgainAsync(CrmDbContext db, long id, OrderInput? changes, CancellationToken cancellationToken)
    {
        if (changes is { LoyaltyCard.IsPresent: false, Email.IsPresent: false, Phone.IsPresent: false }) return null;
        var order = await db.Orders.Where(o => o.Id == id).Select(o => new { o.LoyaltyCard, o.ContactEmail, o.ContactPhone, o.CustomerId })
            .FirstOrDefaultAsync(cancellationToken);
        if (order is null or { CustomerId: not null }) return null;
        changes ??= new();
        return await OrderMatcher.FindAsync(
            db, options.Value.MatchKeys, changes.LoyaltyCard.Or(order.LoyaltyCard), changes.Email.Or(order.ContactEmail),
                changes.Phone.Or(order.ContactPhone), cancellationToken);
    }

    private static async Task AssignAsync(CrmDbContext db, Order order, long? customerId, CancellationToken cancellationToken)
    {
        if (order.CustomerId == customerId) return;
        if (customerId is { } id) await OrderMatcher.DemandAsync(db, id, cancellationToken);
        order.CustomerId = customerId;
        await RefundOwners.FollowAsync(db, [order.Id], cancellationToken);
    }
}
