using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Duplicates;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

#pragma warning disable CA1304, CA1311, CA1862 // Becomes lower() of the database, which knows no culture.

namespace CrmPortal.Core.Orders;

internal sealed class OrderPart : CustomerPart<Order>
{
    public override int Position => 10;

    public override Task SettleAsync(MergeSettlement merge, CancellationToken cancellationToken) =>
        OrderStatistics.RefreshAsync(merge.Db, merge.Ids, cancellationToken);

    public override string KeptBecause => "Figures of sales must stay as they are; the order says nothing of the person any more.";

    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        var (ids, emails, phones, cards) = (purge.Ids, purge.Emails, purge.Phones, purge.LoyaltyCards);
        // An order that nobody was found for yet may have been the customer's as well.
        var orders = purge.Db.Orders.Where(o => ids.Contains(o.CustomerId!.Value)
            || (o.CustomerId == null && (emails.Contains(o.ContactEmail!.ToLower()) || phones.Contains(o.ContactPhone!)
                || cards.Contains(o.LoyaltyCard!))));
        var keys = await orders.Select(o => o.Id).ToListAsync(cancellationToken);
        foreach (var some in keys.Chunk(KeysAtOnce))
        {
            await purge.Db.AuditEntries.Where(e => e.EntityType == nameof(Order) && some.Contains(e.EntityId) && e.Values != null)
                .ExecuteUpdateAsync(e => e.SetProperty(x => x.Values, (string?)null), cancellationToken);
        }

        await orders.ExecuteUpdateAsync(
            o => o.SetProperty(x => x.CustomerId, (long?)null).SetProperty(x => x.ContactEmail, (string?)null)
                .SetProperty(x => x.ContactPhone, (string?)null)
                .SetProperty(x => x.LoyaltyCard, (string?)null).SetProperty(x => x.ShippingAddress, (OrderAddress?)null)
                    .SetProperty(x => x.BillingAddress, (OrderAddress?)null)
                .SetProperty(x => x.Version, x => x.Version + 1),
            cancellationToken);
    }

    private const int KeysAtOnce = 1_000;

    /// <summary>Orders are what there may be very many of; half of what is moved is left for everything else.</summary>
    public override async Task DemandRoomAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        const int Most = MergeService.MostRows / 2;
        if (await merge.Db.Orders.Where(o => merge.OtherIds.Contains(o.CustomerId!.Value)).Select(o => o.Id).Take(Most)
            .CountAsync(cancellationToken) >= Most)
            throw new RuleViolationException("Ids",
                "One of the customers has too many orders to be merged; choose that customer as the one to keep.");
    }

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.Orders.Where(o => merge.OtherIds.Contains(o.CustomerId!.Value)), o => o.CustomerId = merge.Survivor.Id,
            cancellationToken);

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);

    public override async Task<IReadOnlyDictionary<long, string>> TitlesAsync(
        CrmDbContext db, IReadOnlyList<AuditEntry> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => r.EntityId).ToList();
        return (await db.Orders.Where(o => ids.Contains(o.Id)).Select(o => new { o.Id, o.ExternalId }).ToListAsync(cancellationToken))
            .ToDictionary(o => o.Id, o => Order.NameOf(o.Id, o.ExternalId));
    }
}

internal sealed class RefundPart : CustomerPart<Refund>
{
    public override int Position => 20;

    public override string KeptBecause => "Figures of sales must stay as they are; the refund says nothing of the person any more.";

    public override async Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken)
    {
        var refunds = purge.Db.Refunds.Where(r => purge.Ids.Contains(r.CustomerId!.Value));
        // The reason is a free text.
        await refunds.ExecuteUpdateAsync(
            r => r.SetProperty(x => x.CustomerId, (long?)null).SetProperty(x => x.Reason, (string?)null)
                .SetProperty(x => x.Version, x => x.Version + 1), cancellationToken);
    }

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.Refunds.Where(r => merge.OtherIds.Contains(r.CustomerId!.Value)), r => r.CustomerId = merge.Survivor.Id,
            cancellationToken);

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);

    public override async Task<IReadOnlyDictionary<long, string>> TitlesAsync(
        CrmDbContext db, IReadOnlyList<AuditEntry> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => r.EntityId).ToList();
        return (await db.Refunds.AsNoTracking().Where(r => ids.Contains(r.Id)).ToListAsync(cancellationToken))
            .ToDictionary(r => r.Id, r => r.Name);
    }
}

internal sealed class CartPart : CustomerPart<Cart>
{
    public override int Position => 30;

    public override Task PurgeAsync(CustomerPurge purge, CancellationToken cancellationToken) =>
        purge.Db.Carts.Where(c => purge.Ids.Contains(c.CustomerId!.Value)).ExecuteDeleteAsync(cancellationToken);

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.AllAsync(merge.Db.Carts.Where(c => merge.OtherIds.Contains(c.CustomerId!.Value)), c => c.CustomerId = merge.Survivor.Id,
            cancellationToken);

    public override Task<IReadOnlyList<IAudited>> RowsAsync(CrmDbContext db, long customerId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IAudited>>([]);

    public override async Task<IReadOnlyDictionary<long, string>> TitlesAsync(
        CrmDbContext db, IReadOnlyList<AuditEntry> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => r.EntityId).ToList();
        return await db.Carts.Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.ExternalId, cancellationToken);
    }
}

internal sealed class WishlistItemPart : CustomerPart<WishlistItem>
{
    public override int Position => 40;

    public override Task MergeAsync(MergeMover merge, CancellationToken cancellationToken) =>
        merge.UniqueAsync(merge.Db.WishlistItems, i => i.ProductId, cancellationToken);
}

internal sealed class ProductReviewPart : CustomerPart<ProductReview>
{
    public override int Position => 50;

    public override async Task MergeAsync(MergeMover merge, CancellationToken cancellationToken)
    {
        List<long> all = [merge.Survivor.Id, .. merge.OtherIds];
        var products = await merge.Db.ProductReviews.Where(r => all.Contains(r.CustomerId)).Select(r => r.Product!).Distinct()
            .AsNoTracking().ToDictionaryAsync(p => p.Id, cancellationToken);
        await merge.UniqueAsync(merge.Db.ProductReviews, r => r.ProductId, cancellationToken, new(
            r => $"review.{products[r.ProductId].Code}", r => products[r.ProductId].Name,
            r => string.Join(" · ", new[] { new string('★', r.Rating), r.Title, r.Text }.Where(t => !string.IsNullOrEmpty(t))),
            (to, from) => (to.Rating, to.Title, to.Text, to.At) = (from.Rating, from.Title, from.Text, from.At)));
    }
}
