using System.Text.Json;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Outbox;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <content>Making and changing orders.</content>
public sealed partial class OrderService
{
    private const int Attempts = 4;
    private const int MostBookings = 50;
    internal const string RefundTheRest = "Part of this order was refunded; refund the rest instead of cancelling it.";

    /// <summary>Makes an order.</summary>
    /// <exception cref="RuleViolationException">A field is wrong, or another order has the external id
    /// (<see cref="RuleViolationException.IsDuplicate"/>).</exception>
    public async Task<OrderChangeResult> CreateAsync(OrderInput input, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersEdit, cancellationToken);
        var fields = Checked(input);
        return await RetriedAsync(() => CreateOnceAsync(grant, fields, false, cancellationToken));
    }

    /// <summary>
    /// Makes the order of an external id, or changes what differs of the one that is there. The same twice changes nothing.
    /// </summary>
    /// <exception cref="RuleViolationException">A field is wrong, or what differs may not be changed any more.</exception>
    public async Task<OrderChangeResult> UpsertAsync(OrderInput input, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersEdit, cancellationToken);
        var fields = Checked(input);
        // Who sends no customer, or null, lets them be found; an order is taken from its customer by matching it to nobody.
        if (fields.CustomerId.Value is null) fields = fields with { CustomerId = default };
        var externalId = fields.ExternalId.Value
            ?? throw new RuleViolationException(nameof(input.ExternalId), "Enter the order's number in your system.");
        return await RetriedAsync(async () =>
        {
            await using var looking = await dbFactory.CreateDbContextAsync(cancellationToken);
            var present = await looking.Orders.Where(o => o.ExternalId == externalId).Select(o => (long?)o.Id)
                .FirstOrDefaultAsync(cancellationToken);
            return present is { } id && await UpdateOnceAsync(grant, id, fields, null, cancellationToken) is { } changed
                ? changed : await CreateOnceAsync(grant, fields, true, cancellationToken);
        });
    }

    /// <summary>Changes the fields that are present; null where there is no such order.</summary>
    /// <param name="expectedVersion">Where set, any change in between is a conflict.</param>
    /// <exception cref="RuleViolationException">A field is wrong, or may not be changed any more.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed the order in between.</exception>
    public async Task<OrderChangeResult?> UpdateAsync(long id, OrderInput changes, long? expectedVersion,
        CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersEdit, cancellationToken);
        var fields = Checked(changes);
        return await RetriedAsync(() => UpdateOnceAsync(grant, id, fields, expectedVersion, cancellationToken));
    }

    /// <summary>Moves an order to another status; null where there is no such order.</summary>
    public Task<OrderChangeResult?> SetStatusAsync(long id, OrderStatus status, long? expectedVersion,
        CancellationToken cancellationToken) =>
        UpdateAsync(id, new OrderInput { Status = status }, expectedVersion, cancellationToken);

    /// <summary>Products whose code or name begins with what is typed, or whose name holds it.</summary>
    /// <param name="currency">The currency in which the price of the last sale is wanted.</param>
    public async Task<IReadOnlyList<ProductRow>> ProductsAsync(string? typed, string currency, CancellationToken cancellationToken)
    {
        const int Most = 8;
        await access.DemandAsync(Permissions.OrdersView, cancellationToken);
        var text = typed?.Trim() ?? "";
        if (text.Length is 0 or > Product.NameLength || StoredText.IsUnstorable(text)) return [];
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var (upper, lower) = (text.ToUpperInvariant(), text.ToLowerInvariant());
        var found = await db.Products.AsNoTracking().Where(OrderQueries.IsNamed(text))
            .OrderByDescending(p => p.Code == text).ThenByDescending(p => p.Code == upper || p.Code == lower).ThenBy(p => p.Name)
                .ThenBy(p => p.Id).Take(Most)
            .Select(p => new
            {
                p.Code, p.Name, p.Category, p.Brand,
                LastPrice = db.Set<OrderLine>().Where(l => l.ProductId == p.Id && l.Order!.Currency == currency)
                    .OrderByDescending(l => l.Id)
                    .Select(l => (long?)l.UnitPrice).FirstOrDefault(),
            }).ToListAsync(cancellationToken);
        return [.. found.Select(p => new ProductRow(p.Code, p.Name, p.Category, p.Brand, p.LastPrice))];
    }

    private async Task<OrderChangeResult> CreateOnceAsync(Grant grant, OrderInput fields, bool isUpsert,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Orders are never undone by the general undo; they are cancelled or refunded.
        db.BeginChangeSet("order.create");
        if (fields.ExternalId.Value is { } externalId && await db.Orders.AnyAsync(o => o.ExternalId == externalId, cancellationToken))
            throw isUpsert ? new DbUpdateConcurrencyException("Somebody made the order at this moment.") : ExternalIdTaken();
        var customerId = await OrderMatcher.LeadAsync(db, fields.CustomerId.Value, cancellationToken)
            ?? await OrderMatcher.FindAsync(db, options.Value.MatchKeys, fields.LoyaltyCard.Value, fields.Email.Value, fields.Phone.Value,
                cancellationToken);
        if (customerId is { } holder)
        {
            await loyalty.LockAsync(db, [holder], cancellationToken);
            await OrderMatcher.DemandAsync(db, holder, cancellationToken);
        }

        var order = new Order { CustomerId = customerId, Currency = fields.Currency.Value ?? shop.Value.Currency,
            PlacedAt = clock.GetUtcNow() };
        await ApplyAsync(db, order, fields with { Lines = new(fields.Lines.Value) }, grant, cancellationToken);
        order.Status = fields.Status.Or(OrderStatus.Pending);
        db.Orders.Add(order);
        await db.SaveChangesAsync(cancellationToken);
        await SettleAsync(db, grant, order, [customerId], cancellationToken);
        var details = await DetailsAsync(db, grant, order.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(details!, true, true);
    }

    private async Task<OrderChangeResult?> UpdateOnceAsync(Grant grant, long id, OrderInput fields, long? expectedVersion,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("order.edit");
        var other = fields.CustomerId.IsPresent
            ? await OrderMatcher.LeadAsync(db, fields.CustomerId.Value, cancellationToken)
            : await MatchAgainAsync(db, id, fields, cancellationToken);
        if (await LockAsync(db, id, other, cancellationToken) is not { } order) return null;
        if (expectedVersion is { } version && version != order.Version)
            throw new ConcurrencyConflictException([], order.Version, null, null);
        var (before, wasCounted) = (order.CustomerId, IsCounted(order));
        await ApplyAsync(db, order, fields, grant, cancellationToken);
        if (fields.Status.IsPresent && fields.Status.Value != order.Status)
            await MoveAsync(db, order, fields.Status.Value, cancellationToken);
        if (fields.CustomerId.IsPresent || (order.CustomerId is null && other is not null))
            await AssignAsync(db, order, other, cancellationToken);
        db.ChangeTracker.DetectChanges();
        var isChanged = db.ChangeTracker.HasChanges();
        if (isChanged)
        {
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException failure) when (provider.ViolatedUniqueIndex(failure) == "IX_Orders_ExternalId")
            {
                throw ExternalIdTaken();
            }

            // A change of figures or of the owner settles; another step of a paid order leaves its points alone.
            if (before != order.CustomerId || wasCounted != IsCounted(order))
                await SettleAsync(db, grant, order, [before, order.CustomerId], cancellationToken);
        }

        var details = await DetailsAsync(db, grant, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(details!, false, isChanged);
    }

    /// <summary>
    /// Waits for the customer and the order, and reads it; customers first, as everybody does who changes what depends on them.
    /// </summary>
    private async Task<Order?> LockAsync(CrmDbContext db, long id, long? other, CancellationToken cancellationToken)
    {
        var seen = await db.Orders.Where(o => o.Id == id).Select(o => new { o.CustomerId }).FirstOrDefaultAsync(cancellationToken);
        if (seen is null) return null;
        var customers = new[] { seen.CustomerId, other }.OfType<long>().Distinct().ToList();
        if (customers.Count > 0) await loyalty.LockAsync(db, customers, cancellationToken);
        // An order without a customer has no other lock than its own row.
        await db.Orders.Where(o => o.Id == id).ExecuteUpdateAsync(o => o.SetProperty(x => x.Version, x => x.Version), cancellationToken);
        var order = await db.Orders.Include(o => o.Lines).ThenInclude(l => l.Product).OrderBy(o => o.Id)
            .FirstOrDefaultAsync(o => o.Id == id, cancellationToken);
        if (order is not null && order.CustomerId != seen.CustomerId)
            throw new DbUpdateConcurrencyException("The order went to another customer at this moment.");
        return order;
    }

    private static async Task MoveAsync(CrmDbContext db, Order order, OrderStatus status, CancellationToken cancellationToken)
    {
        OrderStatusTransitions.Demand(order.Status, status);
        if (status == OrderStatus.Cancelled && await db.RefundLines.AnyAsync(l => l.OrderId == order.Id, cancellationToken))
            throw new RuleViolationException(nameof(OrderInput.Status), RefundTheRest);
        order.Status = status;
    }

    /// <summary>Brings the customers' figures and points in line with an order, and tells the pages that show these customers.</summary>
    private async Task SettleAsync(CrmDbContext db, Grant grant, Order order, IReadOnlyList<long?> customers,
        CancellationToken cancellationToken)
    {
        var touched = customers.OfType<long>().Distinct().ToList();
        await OrderStatistics.RefreshAsync(db, touched, cancellationToken);
        await loyalty.SettleAsync(db, grant.Actor, order.Id, cancellationToken);
        await TellAsync(db, grant, order, touched, nameof(Order), cancellationToken);
    }

    /// <summary>
    /// The figures of customers change by a statement that no recorder sees, and a refund does not change its order's row.
    /// </summary>
    private async Task TellAsync(CrmDbContext db, Grant grant, Order order, IReadOnlyList<long> customers, string what,
        CancellationToken cancellationToken)
    {
        var payload = JsonSerializer.Serialize(new EventPayload([what], grant.Actor.UserId, grant.Actor.Name), ChangeRecorder.Json);
        var (changeSet, now) = (db.LastChangeSetId, clock.GetUtcNow());
        db.OutboxEvents.AddRange(customers.Select(id => Event("customer.updated", id)));
        if (what == nameof(Refund)) db.OutboxEvents.Add(Event("order.updated", order.Id));
        await db.SaveChangesAsync(cancellationToken);

        OutboxEvent Event(string topic, long subject) => new() { Topic = topic, SubjectId = subject, Payload = payload,
            ChangeSetId = changeSet, CreatedAt = now };
    }

    private OrderInput Checked(OrderInput input)
    {
        var errors = new List<FieldError>();
        var fields = OrderRules.Normalize(input, shop.Value, clock.GetUtcNow(), errors);
        return errors.Count > 0 ? throw new RuleViolationException(errors) : fields;
    }

    private static bool IsCounted(Order order) => Order.CountedStatuses.Contains(order.Status);

    private static RuleViolationException ExternalIdTaken() =>
        new(nameof(OrderInput.ExternalId), "Another order already has this external id.") { IsDuplicate = true };

    /// <summary>
    /// Somebody may save between our read and our write, or make the same product at this moment: then all is read again.
    /// </summary>
    private async Task<T> RetriedAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (DbUpdateException failure)
                when (attempt < Attempts
                && (failure is DbUpdateConcurrencyException
                || provider.ViolatedUniqueIndex(failure) is "IX_Products_Code" or "IX_Orders_ExternalId" or "IX_Refunds_ExternalId"))
            {
            }
        }
    }
}
