using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.History;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Timeline;

/// <summary>
/// What happened with one order, newest first: its audit rows, its refunds and its points, each read along an index, a page at most,
/// and joined by time.
/// </summary>
public sealed class OrderTimelineService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    /// <summary>The rows of lines that are read with the changes of a page; a change of more lines says so of the first.</summary>
    private const int MostParts = 200;

    /// <summary>An order that was entered as soon as it was placed has one entry for both.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMinutes(1);

    /// <param name="before">Where the page before ended, or null for the newest.</param>
    /// <exception cref="RuleViolationException">The size or the place is wrong.</exception>
    public async Task<OrderTimelinePage> ReadAsync(long orderId, string? before, int size, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        if (size is < 1 or > PageRequest.LargestSize)
            throw new RuleViolationException("Limit", "The limit must be between 1 and {0}.", PageRequest.LargestSize);
        var place = TimelinePlace.Parse(before);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var order = await db.Orders.Where(o => o.Id == orderId).Select(o => new { o.PlacedAt }).FirstOrDefaultAsync(cancellationToken);
        if (order is null) return new([], null);

        var take = size + 1;
        var rows = await db.AuditEntries.AsNoTracking().Include(e => e.ChangeSet)
            .Where(e => e.EntityType == nameof(Order) && e.EntityId == orderId && e.Id < place.AuditBefore
                && (e.Action == AuditAction.Created || e.Action == AuditAction.Updated))
            .OrderByDescending(e => e.Id).Take(take).ToListAsync(cancellationToken);
        var found = rows.ConvertAll(r => new OrderMoment(OrderMomentKind.Change, r.Id, r.ChangeSet!.At, r.ChangeSet.ActorName)
        {
            Origin = r.ChangeSet.Origin, IsCreation = r.Action == AuditAction.Created,
        });
        found.AddRange(await RefundsAsync(db, orderId, place, take, cancellationToken));
        found.AddRange(await PointsAsync(db, orderId, place, take, cancellationToken));
        var placed = new OrderMoment(OrderMomentKind.Placed, orderId, order.PlacedAt, "");
        if (IsBefore(placed, place)) found.Add(placed);

        var sorted = found.OrderByDescending(e => e.At).ThenByDescending(e => e.Kind).ThenByDescending(e => e.Id).ToList();
        var page = sorted.GetRange(0, Math.Min(sorted.Count, size));
        var audit = page.Where(e => e.Kind == OrderMomentKind.Change).Select(e => e.Id).DefaultIfEmpty(place.AuditBefore).Min();
        var next = sorted.Count > size ? new TimelinePlace(page[^1].At, (int)page[^1].Kind, page[^1].Id, audit).ToString() : null;
        page = await FilledAsync(db, grant, page, rows, cancellationToken);
        return new(Joined(page), next);
    }

    private static bool IsBefore(OrderMoment moment, TimelinePlace place) => moment.At < place.At
        || (moment.At == place.At && ((int)moment.Kind < place.Kind || ((int)moment.Kind == place.Kind && moment.Id < place.Id)));

    /// <summary>Of the instant itself: kinds that come later in the order of a page are still to come, of the same kind the smaller
    /// keys.</summary>
    private static long Limit(OrderMomentKind kind, TimelinePlace place) =>
        (int)kind < place.Kind ? long.MaxValue : (int)kind == place.Kind ? place.Id : long.MinValue;

    private static async Task<IEnumerable<OrderMoment>> RefundsAsync(CrmDbContext db, long orderId, TimelinePlace place, int take,
        CancellationToken cancellationToken)
    {
        var (at, limit) = (place.At, Limit(OrderMomentKind.Refund, place));
        var ids = db.RefundLines.Where(l => l.OrderId == orderId).Select(l => l.RefundId);
        var refunds = await db.Refunds.AsNoTracking().Where(r => ids.Contains(r.Id) && r.RefundedAt <= at
            && (r.RefundedAt < at || r.Id < limit)).OrderByDescending(r => r.RefundedAt).ThenByDescending(r => r.Id).Take(take)
            .ToListAsync(cancellationToken);
        return refunds.Select(r => new OrderMoment(OrderMomentKind.Refund, r.Id, r.RefundedAt, "")
        {
            Refund = new(r.Name, r.Amount, r.Currency, r.Reason, false),
        });
    }

    private static async Task<IEnumerable<OrderMoment>> PointsAsync(CrmDbContext db, long orderId, TimelinePlace place, int take,
        CancellationToken cancellationToken)
    {
        var (at, limit) = (place.At, Limit(OrderMomentKind.Points, place));
        var bookings = await db.LoyaltyBookings.AsNoTracking().Where(b => b.OrderId == orderId && b.At <= at
            && (b.At < at || b.Id < limit)).OrderByDescending(b => b.At).ThenByDescending(b => b.Id).Take(take)
            .Select(b => new { b.Id, b.At, b.ActorName, b.Reason, Points = b.Entries.Sum(e => e.Points) }).ToListAsync(cancellationToken);
        return bookings.Select(b => new OrderMoment(OrderMomentKind.Points, b.Id, b.At, b.ActorName) { Points = new(b.Points, b.Reason) });
    }

    /// <summary>Reads what the entries of a page are, each kind at once.</summary>
    private static async Task<List<OrderMoment>> FilledAsync(CrmDbContext db, Grant grant, List<OrderMoment> page, List<AuditEntry> rows,
        CancellationToken cancellationToken)
    {
        var shown = page.Where(e => e.Kind == OrderMomentKind.Change).Select(e => e.Id).ToHashSet();
        var changes = rows.Where(r => shown.Contains(r.Id)).ToDictionary(r => r.Id);
        // Only what is entered by hand says which lines changed: a file changes those of many orders.
        var sets = changes.Values.Where(r => r.Action == AuditAction.Updated
            && r.ChangeSet!.Kind is "order.edit" or OrderService.RefundUndoKind).Select(r => r.ChangeSetId).ToList();
        var parts = sets.Count == 0 ? null : (await db.AuditEntries.AsNoTracking()
            .Where(e => sets.Contains(e.ChangeSetId) && (e.EntityType == nameof(OrderLine) || e.EntityType == nameof(Refund)))
            .OrderBy(e => e.Id).Take(MostParts).ToListAsync(cancellationToken)).ToLookup(e => e.ChangeSetId);
        var titles = parts is null ? [] : await TitlesAsync(db, [.. parts.SelectMany(p => p)
            .Where(p => p.EntityType == nameof(OrderLine))], cancellationToken);
        var owners = changes.Values.Select(Owners).Where(o => o is not null).SelectMany(o => new[] { o!.Value.Before, o.Value.After })
            .OfType<long>().Distinct().ToList();
        var sight = OrderService.Sight(grant);
        var customers = owners.Count == 0 ? [] : await db.Customers.AsNoTracking().Where(c => owners.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id, c => sight.Of(c)!, cancellationToken);
        var refundIds = page.Where(e => e.Kind == OrderMomentKind.Refund).Select(e => e.Id).ToList();
        var refunders = refundIds.Count == 0 ? [] : await db.AuditEntries.Where(e => e.EntityType == nameof(Refund)
            && refundIds.Contains(e.EntityId) && e.Action == AuditAction.Created)
            .Select(e => new { e.EntityId, e.ChangeSet!.ActorName }).ToDictionaryAsync(e => e.EntityId, e => e.ActorName,
            cancellationToken);
        return page.ConvertAll(e => e.Kind switch
        {
            OrderMomentKind.Refund => e with { ActorName = refunders.GetValueOrDefault(e.Id) ?? "" },
            OrderMomentKind.Change => Change(e, changes[e.Id], [.. parts?[changes[e.Id].ChangeSetId] ?? []], titles, customers, grant),
            _ => e,
        });
    }

    /// <summary>The products of lines, also of those that are there no more.</summary>
    private static async Task<Dictionary<long, string>> TitlesAsync(CrmDbContext db, List<AuditEntry> lines,
        CancellationToken cancellationToken)
    {
        if (lines.Count == 0) return [];
        var ids = lines.ConvertAll(l => l.EntityId);
        var titles = await db.OrderLines.Where(l => ids.Contains(l.Id)).Select(l => new { l.Id, Name = l.Description ?? l.Product!.Name })
            .ToDictionaryAsync(l => l.Id, l => l.Name, cancellationToken);
        var products = lines.Where(l => !titles.ContainsKey(l.EntityId))
            .Select(l => (l.EntityId, Product: Key(l, nameof(OrderLine.ProductId), 0)))
            .Where(l => l.Product is not null).DistinctBy(l => l.EntityId).ToDictionary(l => l.EntityId, l => l.Product!.Value);
        var keys = products.Values.Distinct().ToList();
        var names = keys.Count == 0 ? [] : await db.Products.Where(p => keys.Contains(p.Id))
            .ToDictionaryAsync(p => p.Id, p => p.Name, cancellationToken);
        foreach (var (line, product) in products)
            if (names.TryGetValue(product, out var name)) titles[line] = name;
        return titles;
    }

    private static OrderMoment Change(OrderMoment moment, AuditEntry row, List<AuditEntry> parts, Dictionary<long, string> titles,
        Dictionary<long, OrderCustomer> customers, Grant grant)
    {
        if (row.Action == AuditAction.Created) return moment;
        if (row.ChangeSet!.Kind == OrderService.RefundUndoKind)
            return moment with { Refund = parts.Find(p => p.EntityType == nameof(Refund)) is { } gone ? TakenBack(gone) : null };
        var fields = HistoryService.Fields(row, grant);
        var items = parts.Where(p => p.EntityType == nameof(OrderLine))
            .Select(p => new HistoryItem(p.EntityType, p.Action, HistoryService.Fields(p, grant))
            {
                Title = titles.GetValueOrDefault(p.EntityId),
            });
        if (fields.Where(f => f.Name != nameof(Order.Status)).ToList() is { Count: > 0 } others)
            items = items.Prepend(new(nameof(Order), row.Action, others));
        return moment with
        {
            Step = fields.FirstOrDefault(f => f.Name == nameof(Order.Status)) is { Before: { } from, After: { } to }
                && Enum.TryParse<OrderStatus>(from, true, out var before) && Enum.TryParse<OrderStatus>(to, true, out var after)
                ? new(before, after) : null,
            Handover = Owners(row) is { } owners ? new(Of(owners.Before), Of(owners.After)) : null,
            Items = [.. items],
        };

        OrderCustomer? Of(long? id) => id is { } key ? customers.GetValueOrDefault(key) : null;
    }

    /// <summary>The customers that an order went from and to; null where it stayed.</summary>
    private static (long? Before, long? After)? Owners(AuditEntry row) =>
        row.Action == AuditAction.Updated && row.Fields.Split(' ').Contains(nameof(Order.CustomerId))
            ? (Key(row, nameof(Order.CustomerId), 0), Key(row, nameof(Order.CustomerId), 1)) : null;

    /// <summary>A key before (0) or after (1) a change.</summary>
    private static long? Key(AuditEntry row, string field, int side)
    {
        if (row.Values is null) return null;
        using var values = JsonDocument.Parse(row.Values);
        return values.RootElement.TryGetProperty(field, out var key) && key[side].ValueKind == JsonValueKind.Number
            ? key[side].GetInt64() : null;
    }

    private static OrderRefundMoment? TakenBack(AuditEntry row)
    {
        if (row.Values is null) return null;
        using var values = JsonDocument.Parse(row.Values);
        var gone = values.RootElement;
        return new(Text(nameof(Refund.ExternalId)) ?? Refund.NameOf(row.EntityId), gone.GetProperty(nameof(Refund.Amount))[0].GetInt64(),
            Text(nameof(Refund.Currency)) ?? "", Text(nameof(Refund.Reason)), true);

        string? Text(string field) => gone.TryGetProperty(field, out var value) ? HistoryService.Show(value[0]) : null;
    }

    /// <summary>Who enters an order as it is placed does both at once.</summary>
    private static List<OrderMoment> Joined(List<OrderMoment> page)
    {
        if (page.Find(e => e.Kind == OrderMomentKind.Placed) is not { } placed
            || page.Find(e => e.IsCreation && e.At - placed.At <= AtOnce) is not { } entered) return page;
        return [.. page.Where(e => e != placed).Select(e => e == entered
            ? placed with { ActorName = entered.ActorName, Origin = entered.Origin } : e)];
    }
}
