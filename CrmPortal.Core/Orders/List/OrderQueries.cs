using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Filtering;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <summary>The steps from which queries of orders are built.</summary>
internal static class OrderQueries
{
    /// <summary>The orders of a query.</summary>
    /// <param name="found">Where set, the orders that the search found.</param>
    public static IQueryable<Order> Matching(this CrmDbContext db, OrderQuery query, FilterContext context, IReadOnlyList<long>? found)
    {
        IQueryable<Order> orders = db.Orders;
        if (query.CustomerId is { } customer) orders = orders.Where(o => o.CustomerId == customer);
        if (found is not null) orders = orders.Where(o => found.Contains(o.Id));
        return OrderFilters.Catalogue.Predicate(FilterText.Parse(query.Filter), context) is { } predicate
            ? orders.Where(predicate) : orders;
    }

    /// <summary>The keys in the order of a list.</summary>
    public static KeysetPager Listed(this IQueryable<Order> orders, ListOrder<OrderSort> order) =>
        new(backwards => orders.Sorted(backwards ? order.Reversed : order).Select(o => o.Id));

    /// <summary>The order of a list; the key breaks ties.</summary>
    public static IOrderedQueryable<Order> Sorted(this IQueryable<Order> orders, ListOrder<OrderSort> order)
    {
        var sorted = order switch
        {
            { First: OrderSort.Total, Descending: true } => orders.OrderByDescending(o => o.BaseTotal),
            { First: OrderSort.Total } => orders.OrderBy(o => o.BaseTotal),
            { Descending: true } => orders.OrderByDescending(o => o.PlacedAt),
            _ => orders.OrderBy(o => o.PlacedAt),
        };
        if (order.Second == OrderSort.Total) sorted = sorted.Then(order.SecondDescending, o => o.BaseTotal);
        else if (order.Second is not null) sorted = sorted.Then(order.SecondDescending, o => o.PlacedAt);
        return sorted.Then(order.Descending, o => o.Id);
    }

    /// <summary>
    /// The orders whose number is the typed one or begins with it, each way along its index; no more than <paramref name="most"/>.
    /// </summary>
    public static async Task<IReadOnlyList<long>> FindAsync(this CrmDbContext db, string typed, int most,
        CancellationToken cancellationToken)
    {
        var number = StoredText.Composed(typed.Trim());
        if (StoredText.IsUnstorable(number)) return [];
        var own = Order.IdOf(number);
        // The order of just this number is never crowded out by those whose numbers begin with it.
        var found = await db.Orders.Where(o => o.ExternalId == number).Select(o => new { Rank = 0, o.Id })
            .Union(db.Orders.Where(o => o.Id == own && o.ExternalId == null).Select(o => new { Rank = 0, o.Id }))
            .Union(db.Orders.Where(o => o.ExternalId!.StartsWith(number)).OrderBy(o => o.ExternalId).Take(most)
                .Select(o => new { Rank = 1, o.Id }))
            .OrderBy(o => o.Rank).ThenBy(o => o.Id).Take(most + 1).ToListAsync(cancellationToken);
        return [.. found.Select(o => o.Id).Distinct().Take(most)];
    }

    /// <summary>Whether a product's code begins with what is typed, or its name holds it, whatever the case.</summary>
    public static System.Linq.Expressions.Expression<Func<Product, bool>> IsNamed(string typed)
    {
        var text = typed.Trim();
        // Databases do not agree on letters of either case: the usual spellings are asked for.
        var (upper, lower, title) = (text.ToUpperInvariant(), text.ToLowerInvariant(), char.ToUpperInvariant(text[0]) + text[1..]
            .ToLowerInvariant());
        return p => p.Code.StartsWith(text) || p.Code.StartsWith(upper) || p.Code.StartsWith(lower) || p.Name.Contains(text) || p.Name
            .Contains(lower) || p.Name.Contains(title) || p.Name.Contains(upper);
    }

    /// <summary>The lines of a page whose keys are known, in the order of the keys.</summary>
    public static async Task<List<OrderRow>> RowsAsync(this CrmDbContext db, IReadOnlyList<long> ids, NameVisibility sight,
        CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var rows = await db.Orders.AsNoTracking().Include(o => o.Customer).Where(o => ids.Contains(o.Id))
            .ToDictionaryAsync(o => o.Id, cancellationToken);
        var counts = await db.OrderLines.Where(l => ids.Contains(l.OrderId)).GroupBy(l => l.OrderId)
            .Select(g => new { g.Key, Count = g.Count(), First = g.Min(l => l.Id), Pieces = g.Sum(l => (long)l.Quantity) })
            .ToDictionaryAsync(g => g.Key, cancellationToken);
        var firsts = counts.Values.Select(c => c.First).ToList();
        var products = await db.OrderLines.Where(l => firsts.Contains(l.Id))
            .Select(l => new { l.OrderId, Name = l.Description ?? l.Product!.Name })
            .ToDictionaryAsync(l => l.OrderId, l => l.Name, cancellationToken);
        return [.. ids.Where(rows.ContainsKey).Select(id => (Order: rows[id], Lines: counts.GetValueOrDefault(id))).Select(r =>
            new OrderRow(r.Order.Id, r.Order.Name, r.Order.PlacedAt, sight.Of(r.Order.Customer), r.Lines?.Count ?? 0,
                products.GetValueOrDefault(r.Order.Id), r.Order.Status, r.Order.Channel, r.Order.Total, r.Order.Currency)
            {
                Pieces = r.Lines?.Pieces ?? 0, PaymentMethod = r.Order.PaymentMethod, City = r.Order.ShippingAddress?.City,
                Country = r.Order.ShippingAddress?.Country,
            })];
    }

    public static IQueryable<OrderLineDetails> Details(this IQueryable<OrderLine> lines) =>
        lines.Select(l => new OrderLineDetails(l.Id, l.Product!.Code, l.Description ?? l.Product.Name, l.Quantity, l.UnitPrice, l.Amount,
            null)
        {
            Discount = l.Discount, Tax = l.Tax, Category = l.Product.Category, Brand = l.Product.Brand,
        });

    /// <summary>What came back of an order, in the order's currency: a refund may be written in another.</summary>
    public static async Task<List<OrderLineDetails>> ReturnedOfAsync(this CrmDbContext db, Order order, CancellationToken cancellationToken)
    {
        // From the lines, which are found by the order: asked the other way round, every refund would be looked at.
        var refunds = await db.RefundLines.Where(l => l.OrderId == order.Id)
            .Select(l => new { l.Refund!.Id, l.Refund.Currency, l.Refund.Rate }).Distinct().ToDictionaryAsync(r => r.Id, cancellationToken);
        var lines = await db.RefundLinesAsync([.. refunds.Keys], cancellationToken);
        return [.. lines.SelectMany(refund => refund.Where(l => l.Order?.Id == order.Id)
            .Select(l => l with { Amount = Money.Convert(l.Amount, refunds[refund.Key].Currency, refunds[refund.Key].Rate, order.Currency,
                order.Rate) }))];
    }

    /// <summary>The lines of some refunds, by refund.</summary>
    public static async Task<ILookup<long, OrderLineDetails>> RefundLinesAsync(this CrmDbContext db, IReadOnlyList<long> refundIds,
        CancellationToken cancellationToken)
    {
        var lines = await db.RefundLines.Where(l => refundIds.Contains(l.RefundId)).OrderBy(l => l.Id)
            .Select(l => new { l.Id, l.RefundId, l.Product!.Code, Name = l.Description ?? l.Product.Name, l.Quantity, l.UnitPrice, l.Amount,
                l.OrderId, l.OrderLineId, l.Order!.ExternalId }).ToListAsync(cancellationToken);
        return lines.ToLookup(l => l.RefundId, l => new OrderLineDetails(
            l.Id, l.Code, l.Name, l.Quantity, l.UnitPrice, l.Amount, l.OrderId is { } order
                ? new(order, Order.NameOf(order, l.ExternalId)) : null)
        { OrderLineId = l.OrderLineId });
    }
}

/// <summary>How much of a customer's name the acting user sees.</summary>
internal sealed record NameVisibility(bool MayView, bool MaySeeSensitive)
{
    public OrderCustomer? Of(Customer? customer) => customer is null ? null
        : new(customer.Id, MayView ? CustomerQueries.Shown(customer, MaySeeSensitive) : customer.Number, customer.DeletedAt is not null);
}
