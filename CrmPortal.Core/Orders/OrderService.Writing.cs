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

    /// <summary>
    /// Takes the last step of an order back, such as a payment that was noted by mistake: it has the status again that it had, with what
    /// follows for points and figures. Null where there is no such order.
    /// </summary>
    /// <param name="expectedVersion">Of the order as the step left it; any change since is a conflict.</param>
    /// <exception cref="RuleViolationException">The last change was no step, or money was given back since.</exception>
    /// <exception cref="ConcurrencyConflictException">Somebody changed the order since.</exception>
    public async Task<OrderChangeResult?> TakeBackStepAsync(long id, long expectedVersion, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.OrdersEdit, cancellationToken);
        return await RetriedAsync(() => TakeBackOnceAsync(grant, id, expectedVersion, cancellationToken));
    }

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
        // An order is never taken back by the general undo: it is cancelled or refunded.
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
    /// Waits for the customer and the order, and reads it; customers first, as everybody does who changes what hangs on them.
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

    private async Task ApplyAsync(CrmDbContext db, Order order, OrderInput fields, Grant grant, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var isOpen = order.Status == OrderStatus.Pending;
        order.ExternalId = fields.ExternalId.Or(order.ExternalId);
        order.Channel = fields.Channel.Or(order.Channel);
        order.PaymentMethod = fields.PaymentMethod.Or(order.PaymentMethod);
        order.LoyaltyCard = fields.LoyaltyCard.Or(order.LoyaltyCard);
        order.ContactEmail = fields.Email.Or(order.ContactEmail);
        order.ContactPhone = fields.Phone.Or(order.ContactPhone);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        if (fields.ShippingAddress.IsPresent) order.ShippingAddress = Kept(order.ShippingAddress, fields.ShippingAddress.Value, maySee);
        if (fields.BillingAddress.IsPresent) order.BillingAddress = Kept(order.BillingAddress, fields.BillingAddress.Value, maySee);

        var currency = fields.Currency.Value ?? order.Currency;
        var rate = fields.Rate.Or(order.Currency == currency ? order.Rate : null);
        if (currency == shop.Value.Currency)
        {
            if (fields.Rate.Value is { } useless && useless != 1)
                errors.Add(new(nameof(fields.Rate), "The order is in the shop's currency, so it has no exchange rate."));
            rate = null;
        }
        else if (rate is null)
        {
            errors.Add(new(nameof(fields.Rate), "The order is in {0}; enter the exchange rate to {1} on that day.", currency, shop.Value.Currency));
        }

        var planned = fields.Lines.IsPresent ? OrderRules.Lines(fields.Lines.Value, currency, errors) : null;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var placed = fields.PlacedAt.Value ?? order.PlacedAt;
        var products = planned is null ? null : await OrderProducts.LearnAsync(db, planned, cancellationToken);
        var hasOtherLines = planned is not null && !order.Lines.OrderBy(l => l.Id)
            .Select(l => (l.ProductId, l.Description, l.Quantity, l.UnitPrice, l.Discount, l.Tax))
            .SequenceEqual(planned
                .Select(l => (products!.Of(l).Id, products.DescriptionOf(l), l.Quantity, l.UnitPrice, l.Discount, l.Tax)));
        if (!isOpen)
        {
            if (hasOtherLines)
                errors.Add(new(nameof(fields.Lines), "Products can only be changed while the order is pending; refund what was returned."));
            if (currency != order.Currency)
                errors.Add(new(nameof(fields.Currency), "The currency can only be changed while the order is pending."));
            if (rate != order.Rate) errors.Add(new(nameof(fields.Rate), "The rate can only be changed while the order is pending."));
            if (placed != order.PlacedAt)
                errors.Add(new(nameof(fields.PlacedAt), "The time can only be changed while the order is pending."));
            if (errors.Count > 0) throw new RuleViolationException(errors);
            return;
        }

        if (hasOtherLines)
        {
            // Other lines are another version of the order, also where they cost the same.
            if (order.Id != 0) db.Entry(order).Property(o => o.Total).IsModified = true;
            db.OrderLines.RemoveRange(order.Lines);
            order.Lines.Clear();
            order.Lines.AddRange(planned!.Select(l => new OrderLine
            {
                Product = products!.Of(l), ProductId = products.Of(l).Id, Description = products.DescriptionOf(l), Quantity = l.Quantity,
                    UnitPrice = l.UnitPrice, Discount = l.Discount, Tax = l.Tax, Amount = l.Amount,
            }));
        }
        else if (currency != order.Currency)
        {
            // The same numbers in a currency with other decimals are other amounts.
            throw new RuleViolationException(nameof(fields.Lines), "Enter the products again in the new currency.");
        }

        (order.Currency, order.Rate, order.PlacedAt) = (currency, rate, placed);
        (order.Total, order.BaseTotal) = OrderRules.Total(order.Lines.Select(l => l.Amount), currency, rate, shop.Value.Currency);
    }

    private static async Task MoveAsync(CrmDbContext db, Order order, OrderStatus status, CancellationToken cancellationToken)
    {
        OrderStatusTransitions.Demand(order.Status, status);
        if (status == OrderStatus.Cancelled && await db.RefundLines.AnyAsync(l => l.OrderId == order.Id, cancellationToken))
            throw new RuleViolationException(nameof(OrderInput.Status), RefundTheRest);
        order.Status = status;
    }

    private async Task<OrderChangeResult?> TakeBackOnceAsync(Grant grant, long id, long expectedVersion,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("order.edit");
        if (await LockAsync(db, id, null, cancellationToken) is not { } order) return null;
        if (expectedVersion != order.Version) throw new ConcurrencyConflictException([], order.Version, null, null);
        var last = await db.AuditEntries.AsNoTracking().Where(e => e.EntityType == nameof(Order) && e.EntityId == id
            && e.Action == AuditAction.Updated).OrderByDescending(e => e.Id)
            .Select(e => e.Values).FirstOrDefaultAsync(cancellationToken);
        if (StatusBefore(last, order.Status) is not { } before)
            throw new RuleViolationException("", "There is no status change of this order to undo.");
        var wasCounted = IsCounted(order);
        order.Status = before;
        if (wasCounted && !IsCounted(order) && await db.RefundLines.AnyAsync(l => l.OrderId == id, cancellationToken))
            throw new RuleViolationException("", "Part of this order was refunded; its payment cannot be undone.");
        await db.SaveChangesAsync(cancellationToken);
        if (wasCounted != IsCounted(order)) await SettleAsync(db, grant, order, [order.CustomerId], cancellationToken);
        var details = await DetailsAsync(db, grant, id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(details!, false, true);
    }

    /// <summary>The status before the change that led to the present one; null where that was another change.</summary>
    private static OrderStatus? StatusBefore(string? values, OrderStatus present)
    {
        if (values is null) return null;
        using var changed = JsonDocument.Parse(values);
        return changed.RootElement.TryGetProperty(nameof(Order.Status), out var status) && Read(status[1]) == present ? Read(status[0])
            : null;

        static OrderStatus? Read(JsonElement value) => Enum.TryParse<OrderStatus>(value.ToString(), true, out var status) ? status : null;
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

    /// <summary>Who sees the street masked and leaves it blank, or sends the mask back, does not change it.</summary>
    private static OrderAddress? Kept(OrderAddress? present, OrderAddress? typed, bool maySee)
    {
        if (maySee || present is null) return typed;
        // Where nothing but the street is known, a form that shows nothing of it sends no address at all.
        if (typed is null) return present is { Name: null, City: null, State: null, PostalCode: null, Country: null } ? present : null;
        var (first, second) = (Typed(typed.Line1), Typed(typed.Line2));
        return first is null && second is null ? typed with { Line1 = present.Line1, Line2 = present.Line2 }
            : typed with { Line1 = first ?? present.Line1, Line2 = typed.Line2 is not null && second is null ? present.Line2 : second };

        static string? Typed(string? line) => line == Masking.Text("") ? null : line;
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
