using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CrmPortal.Core.Orders;

/// <summary>Finds, makes and changes orders and refunds.</summary>
public sealed partial class OrderService(
    IDbContextFactory<CrmDbContext> dbFactory, IDatabaseProvider provider, AccessControl access, TimeProvider clock,
    IOptions<ShopOptions> shop, IOptions<OrderOptions> options, CustomerFinder finder,
    IOrderLoyalty loyalty)
{
    /// <summary>A search finds no more than this; anyone who wants others types more.</summary>
    public const int MostFound = 500;

    private const int MostProducts = 100;

    /// <summary>One page of all orders.</summary>
    /// <param name="parts">What is read beside the orders themselves.</param>
    /// <exception cref="RuleViolationException">The page or the filter is wrong.</exception>
    public async Task<Page<OrderRow>> ListAsync(OrderQuery query, PageRequest page, CancellationToken cancellationToken,
        OrderRowParts parts = OrderRowParts.None)
    {
        if (await GrantAsync(query, cancellationToken) is not { } grant) return new([], page.Number, page.Size, false);
        page.Validated();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var context = Context(grant) with { Aim = query.Sort == OrderSort.Placed ? QueryPurpose.UsualOrder : QueryPurpose.OtherOrder };
        var matches = db.Matching(query, context, await FoundAsync(db, query, grant, cancellationToken));
        if (query.Then is not null) await SecondOrder.DemandFitAsync(matches.Select(o => o.Id), cancellationToken);
        var ids = await matches.Listed(query.Order).ReadAsync(page, cancellationToken);
        var rows = await db.RowsAsync(ids.Keys, Sight(grant), cancellationToken);
        return new(await db.WithPartsAsync(rows, parts, cancellationToken), page.Number, page.Size, ids.HasMore);
    }

    /// <summary>How many orders a query has.</summary>
    /// <param name="limit">Where set, counting stops there, and the answer says that it is not exact.</param>
    public async Task<RowCount> CountAsync(OrderQuery query, int? limit, CancellationToken cancellationToken)
    {
        if (await GrantAsync(query, cancellationToken) is not { } grant) return new(0, true);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await FoundAsync(db, query, grant, cancellationToken);
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

    /// <summary>An order of the customer who is signed in; null where they have none with this key.</summary>
    /// <exception cref="AccessDeniedException">The account is no customer's.</exception>
    public async Task<OrderDetails?> OwnAsync(long id, CancellationToken cancellationToken)
    {
        var (own, grant) = await access.DemandOwnAsync(cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Orders.AnyAsync(o => o.Id == id && o.CustomerId == own, cancellationToken)
            ? await DetailsAsync(db, grant, id, cancellationToken) : null;
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
            .OrderByDescending(k => k.At).ThenByDescending(k => k.IsRefund).ThenByDescending(k => k.Id).Skip(skip).Take(take + 1)
                .ToListAsync(cancellationToken);
        var orderIds = keys.Take(take).Where(k => !k.IsRefund).Select(k => k.Id).ToList();
        var refundIds = keys.Take(take).Where(k => k.IsRefund).Select(k => k.Id).ToList();
        var orders = await db.Orders.AsNoTracking().Where(o => orderIds.Contains(o.Id)).ToDictionaryAsync(o => o.Id, cancellationToken);
        var refunds = await db.Refunds.AsNoTracking().Where(r => refundIds.Contains(r.Id)).ToDictionaryAsync(r => r.Id, cancellationToken);
        var bought = (await db.OrderLines.Where(l => orderIds.Contains(l.OrderId)).OrderBy(l => l.Id)
            .Select(l =>
                new { l.OrderId, Line = new OrderLineDetails(l.Id, l.Product!.Code, l.Description ?? l.Product.Name, l.Quantity,
                l.UnitPrice, l.Amount, null) }).ToListAsync(cancellationToken)).ToLookup(l => l.OrderId, l => l.Line);
        var returned = await db.RefundLinesAsync(refundIds, cancellationToken);
        return new([.. keys.Take(take).Where(k => k.IsRefund ? refunds.ContainsKey(k.Id) : orders.ContainsKey(k.Id))
            .Select(k => k.IsRefund ? Purchase(refunds[k.Id], [.. returned[k.Id]]) : Purchase(orders[k.Id], [.. bought[k.Id]]))],
            page.Number, take, keys.Count > take);
    }

    private static CustomerPurchase Purchase(Order o, IReadOnlyList<OrderLineDetails> lines) =>
        new(false, o.Id, o.Name, o.PlacedAt, o.Status, o.Channel, null, o.Total, o.Currency, lines, []);

    private static CustomerPurchase Purchase(Refund r, IReadOnlyList<OrderLineDetails> lines) =>
        new(true, r.Id, r.Name, r.RefundedAt, null, null, r.Reason, r.Amount, r.Currency, lines,
            [.. lines.Select(l => l.Order).OfType<OrderLink>().Distinct()]);

    internal static NameVisibility Sight(Grant grant) =>
        new(grant.Has(Permissions.CustomersView), grant.Has(Permissions.CustomersSensitive));

    /// <summary>The orders whose number is the typed one or begins with it, the complete one first; for a box that leads to
    /// orders.</summary>
    public async Task<IReadOnlyList<OrderRow>> FindByNumberAsync(string typed, int most, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        if (string.IsNullOrWhiteSpace(typed)) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await db.RowsAsync(await db.FindAsync(typed, Math.Clamp(most, 1, 50), cancellationToken), Sight(grant),
            cancellationToken);
        return [.. rows.OrderByDescending(r => r.Name.Equals(typed.Trim(), StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>Some orders by their keys, in the order of the keys, without those that are there no more; of many only the
    /// first.</summary>
    public async Task<IReadOnlyList<OrderRow>> OfIdsAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        const int Most = 50;
        var grant = await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        if (ids.Count == 0) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.RowsAsync([.. ids.Distinct().Take(Most)], Sight(grant), cancellationToken);
    }

    /// <summary>
    /// The orders that a search means: by their number, by their customer as the list of customers finds them, or by a product; of many the
    /// newest. Null where nothing is searched for.
    /// </summary>
    internal async Task<IReadOnlyList<long>?> FoundAsync(CrmDbContext db, OrderQuery query, Grant grant,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(query.Search)) return null;
        var found = new HashSet<long>(await db.FindAsync(query.Search, MostFound, cancellationToken));
        if (StoredText.IsUnstorable(query.Search)) return [.. found];
        if (grant.Has(Permissions.CustomersView) && await BuyersAsync(db, query.Search, grant, cancellationToken) is { } buyers)
            await AddAsync(db.Orders.Where(o => o.CustomerId != null && buyers.Contains(o.CustomerId.Value)));
        var products = await db.Products.Where(OrderQueries.IsNamed(query.Search)).OrderBy(p => p.Id).Select(p => p.Id).Take(MostProducts)
            .ToListAsync(cancellationToken);
        if (products.Count > 0) await AddAsync(db.Orders.Where(o => o.Lines.Any(l => products.Contains(l.ProductId))));
        return [.. found];

        async Task AddAsync(IQueryable<Order> orders)
        {
            if (query.CustomerId is { } customer) orders = orders.Where(o => o.CustomerId == customer);
            if (found.Count < MostFound)
                found.UnionWith(await orders.OrderByDescending(o => o.PlacedAt).ThenByDescending(o => o.Id).Select(o => o.Id)
                    .Take(MostFound - found.Count).ToListAsync(cancellationToken));
        }
    }

    /// <summary>Customers the list would find; users who see masked e-mails need a complete one, which is logged.</summary>
    private async Task<IQueryable<long>?> BuyersAsync(CrmDbContext db, string typed, Grant grant, CancellationToken cancellationToken)
    {
        if (await finder.ExactIdsAsync(new(typed), grant, cancellationToken) is { Count: > 0 } exact) return db.Customers
            .Where(c => exact.Contains(c.Id)).Select(c => c.Id);
        var terms = SearchText.Terms(typed);
        return terms.Count == 0 ? null : provider.MatchCustomers(db, terms, grant.Has(Permissions.CustomersSensitive))
            .Where(m => m.Customer.DeletedAt == null).Select(m => m.Customer.Id);
    }

    /// <summary>The orders of one customer are theirs to see as well; null for another customer.</summary>
    private Task<Grant?> GrantAsync(OrderQuery query, CancellationToken cancellationToken) => query.CustomerId is { } buyer
        ? access.FindForAsync(buyer, Permissions.OrdersView, cancellationToken) : DemandAsync(cancellationToken);

    private async Task<Grant?> DemandAsync(CancellationToken cancellationToken) =>
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);

    internal FilterContext Context(Grant grant) =>
        new(clock.GetUtcNow(), shop.Value.Zone, grant.Has(Permissions.CustomersSensitive), shop.Value.Currency);
}
