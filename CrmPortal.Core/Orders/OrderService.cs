using CrmPortal.Core.Access;
using CrmPortal.Core.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Data;
using CrmPortal.Core.Filtering;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Orders;

/// <summary>Finds, makes and changes orders and refunds.</summary>
public sealed partial class OrderService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, TimeProvider clock, IOptions<ShopOptions> shop, IOptions<OrderOptions> options)
{
    /// <summary>A search finds no more than this; whoever wants others types more.</summary>
    public const int MostFound = 500;

    /// <summary>One page of all orders.</summary>
    /// <exception cref="RuleViolation">The page or the filter is wrong.</exception>
    public async Task<Page<OrderRow>> ListAsync(OrderQuery query, PageRequest page, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var context = Context(grant) with { Aim = query.Sort == OrderSort.Placed ? FilterAim.UsualOrder : FilterAim.OtherOrder };
        var ids = await db.Matching(query, context, await FoundAsync(db, query, cancellationToken)).Listed(query.Sort, query.Descending).ReadAsync(page, cancellationToken);
        return new(await db.RowsAsync(ids.Keys, Sight(grant), cancellationToken), page.Number, page.Size, ids.HasMore);
    }

    /// <summary>How many orders a query has.</summary>
    /// <param name="limit">Where set, counting stops there, and the answer says that it is not exact.</param>
    public async Task<RowCount> CountAsync(OrderQuery query, int? limit, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await FoundAsync(db, query, cancellationToken);
        var orders = db.Matching(query, Context(grant), found).Select(o => o.Id);
        var isCut = found is { Count: >= MostFound };
        if (limit is not { } most) return new(await orders.CountAsync(cancellationToken), !isCut);
        var counted = await orders.Take(most + 1).CountAsync(cancellationToken);
        return new(Math.Min(counted, most), counted <= most && !isCut);
    }

    /// <summary>An order with its lines and refunds, or null where there is none.</summary>
    public async Task<OrderDetails?> GetAsync(long id, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await DetailsAsync(db, grant, id, cancellationToken);
    }

    /// <summary>An order by the number of the selling system, or null where there is none.</summary>
    public async Task<OrderDetails?> FindByExternalIdAsync(string externalId, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        if (StoredText.IsUnstorable(externalId)) return null;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var id = await db.Orders.Where(o => o.ExternalId == externalId).Select(o => (long?)o.Id).FirstOrDefaultAsync(cancellationToken);
        return id is { } key ? await DetailsAsync(db, grant, key, cancellationToken) : null;
    }

    /// <summary>A customer's orders and refunds in one stream, newest first, with their lines.</summary>
    public async Task<Page<CustomerPurchase>> OfCustomerAsync(long customerId, PageRequest page, CancellationToken cancellationToken)
    {
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        var (skip, take) = page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var keys = await db.Orders.Where(o => o.CustomerId == customerId).Select(o => new { At = o.PlacedAt, IsRefund = false, o.Id })
            .Concat(db.Refunds.Where(r => r.CustomerId == customerId).Select(r => new { At = r.RefundedAt, IsRefund = true, r.Id }))
            .OrderByDescending(k => k.At).ThenByDescending(k => k.IsRefund).ThenByDescending(k => k.Id).Skip(skip).Take(take + 1).ToListAsync(cancellationToken);
        var orderIds = keys.Take(take).Where(k => !k.IsRefund).Select(k => k.Id).ToList();
        var refundIds = keys.Take(take).Where(k => k.IsRefund).Select(k => k.Id).ToList();
        var orders = await db.Orders.AsNoTracking().Where(o => orderIds.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancellationToken);
        var refunds = await db.Refunds.AsNoTracking().Where(r => refundIds.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
        var bought = (await db.OrderLines.Where(l => orderIds.Contains(l.OrderId)).OrderBy(l => l.Id)
            .Select(l => new { l.OrderId, Line = new OrderLineDetails(l.Id, l.Product!.Code, l.Description ?? l.Product.Name, l.Quantity, l.UnitPrice, l.Amount, null) }).ToListAsync(cancellationToken)).ToLookup(l => l.OrderId, l => l.Line);
        var returned = await db.RefundLinesAsync(refundIds, cancellationToken);
        return new([.. keys.Take(take).Where(k => k.IsRefund ? refunds.ContainsKey(k.Id) : orders.ContainsKey(k.Id)).Select(k => k.IsRefund ? Purchase(refunds[k.Id], [.. returned[k.Id]]) : Purchase(orders[k.Id], [.. bought[k.Id]]))],
            page.Number, take, keys.Count > take);
    }

    private static CustomerPurchase Purchase(Order o, IReadOnlyList<OrderLineDetails> lines) =>
        new(false, o.Id, o.Name, o.PlacedAt, o.Status, o.Channel, null, o.Total, o.Currency, lines, []);

    private static CustomerPurchase Purchase(Refund r, IReadOnlyList<OrderLineDetails> lines) =>
        new(true, r.Id, r.Name, r.RefundedAt, null, null, r.Reason, r.Amount, r.Currency, lines, [.. lines.Select(l => l.Order).OfType<OrderLink>().Distinct()]);

    internal static NameSight Sight(Grant grant) => new(grant.Has(Permissions.CustomersView), grant.Has(Permissions.CustomersSensitive));

    internal static async Task<IReadOnlyList<long>?> FoundAsync(CrmDbContext db, OrderQuery query, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(query.Search) ? null : await db.FindAsync(query.Search, MostFound, cancellationToken);

    internal FilterContext Context(Grant grant) =>
        new(clock.GetUtcNow(), shop.Value.Zone, grant.Has(Permissions.CustomersSensitive), shop.Value.Currency);
}
