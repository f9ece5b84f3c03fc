using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Orders;

/// <content>Carts, as the selling system tells of them.</content>
public sealed partial class ShoppingService
{
    private const int Attempts = 4;

    /// <summary>The carts of a customer, the last changed first.</summary>
    public async Task<IReadOnlyList<CartDetails>> CartsAsync(long customerId, CancellationToken cancellationToken)
    {
        const int Most = 50;
        await access.DemandAsync(Permissions.CustomersView, cancellationToken);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var carts = await db.Carts.AsNoTracking().Where(c => c.CustomerId == customerId).OrderByDescending(c => c.Id).Take(Most)
            .Include(c => c.Lines).ThenInclude(l => l.Product).AsSplitQuery().ToListAsync(cancellationToken);
        return [.. carts.Select(Details).OrderByDescending(c => c.ChangedAt).ThenByDescending(c => c.Id)];
    }

    /// <summary>
    /// Makes the cart of an external id, or changes what differs of the one that is there. The same twice changes nothing.
    /// </summary>
    /// <exception cref="RuleViolationException">A field is wrong.</exception>
    public async Task<CartSaved> SaveCartAsync(string externalId, CartInput input, CancellationToken cancellationToken)
    {
        var grant = await access.DemandAsync(Permissions.CustomersEdit, cancellationToken);
        var errors = new List<FieldError>();
        var number = TextRules.Required("ExternalId", externalId, Order.ExternalIdLength, "Enter the cart's number in your system.",
            errors);
        // The same rules as for orders: who bought, in what currency, when.
        var known = OrderRules
            .Normalize(new() { LoyaltyCard = input.LoyaltyCard, Email = input.Email, Phone = input.Phone, Currency = input.Currency,
            PlacedAt = input.ChangedAt }, shop.Value, clock.GetUtcNow(), errors);
        errors = errors.ConvertAll(e => e.Field == nameof(OrderInput.PlacedAt)
            ? new(nameof(input.ChangedAt), "The date of the cart must be between 1970 and today.") : e);
        if (input.State.IsPresent && !Enum.IsDefined(input.State.Value)) errors.Add(new(nameof(input.State), "This state does not exist."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SaveCartOnceAsync(grant, number, input, known, cancellationToken);
            }
            catch (DbUpdateException failure)
                when (attempt < Attempts
                && (failure is DbUpdateConcurrencyException
                || provider.ViolatedUniqueIndex(failure) is "IX_Products_Code" or "IX_Carts_ExternalId"))
            {
                // Somebody sent the same cart or product at this moment: all is read again.
            }
        }
    }

    private async Task<CartSaved> SaveCartOnceAsync(Grant grant, string number, CartInput input, OrderInput known,
        CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        db.BeginChangeSet("cart.save", Permissions.CustomersEdit);
        var cart = await db.Carts.Include(c => c.Lines).ThenInclude(l => l.Product)
            .FirstOrDefaultAsync(c => c.ExternalId == number, cancellationToken);
        var isNew = cart is null;
        var now = clock.GetUtcNow();
        cart ??= db.Carts
            .Add(new Cart { ExternalId = number, Currency = known.Currency.Value ?? shop.Value.Currency, ChangedAt = now }).Entity;
        if (input.CustomerId.IsPresent)
        {
            var holder = await OrderMatcher.LeadAsync(db, input.CustomerId.Value, cancellationToken);
            if (holder is { } id && id != cart.CustomerId) await OrderMatcher.DemandAsync(db, id, cancellationToken);
            cart.CustomerId = holder;
        }
        else
        {
            cart.CustomerId ??= await OrderMatcher.FindAsync(db, options.Value.MatchKeys, known.LoyaltyCard.Value, known.Email.Value,
                known.Phone.Value, cancellationToken);
        }

        cart.State = input.State.Or(cart.State);
        await FillAsync(db, cart, input, known.Currency.Value ?? cart.Currency, cancellationToken);
        db.ChangeTracker.DetectChanges();
        if (known.PlacedAt.Value is { } changedAt) cart.ChangedAt = changedAt;
        else if (!isNew && db.ChangeTracker.HasChanges()) cart.ChangedAt = now;
        db.ChangeTracker.DetectChanges();
        var isChanged = db.ChangeTracker.HasChanges();
        if (isChanged) await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(Details(cart), isNew, isChanged);
    }

    private static async Task FillAsync(CrmDbContext db, Cart cart, CartInput input, string currency, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var planned = input.Lines is { IsPresent: true, Value.Count: > 0 }
            ? OrderRules.Lines(
                [.. input.Lines.Value.Select(l => l is null
                ? null! : new OrderLineInput { ProductCode = l.ProductCode, Name = l.Name, Quantity = l.Quantity,
                UnitPrice = l.UnitPrice })], currency, errors) : [];
        if (errors.Count > 0) throw new RuleViolationException(errors);
        if (input.Lines.IsPresent)
        {
            var products = await OrderProducts.LearnAsync(db, planned, cancellationToken);
            if (!cart.Lines.OrderBy(l => l.Id).Select(l => (l.ProductId, l.Quantity, l.UnitPrice))
                .SequenceEqual(planned.Select(l => (products.Of(l).Id, l.Quantity, l.UnitPrice))))
            {
                db.CartLines.RemoveRange(cart.Lines);
                cart.Lines.Clear();
                cart.Lines.AddRange(planned
                    .Select(l => new CartLine { ProductId = products.Of(l).Id, Product = products.Of(l), Quantity = l.Quantity,
                    UnitPrice = l.UnitPrice, Amount = l.Amount }));
            }
        }
        else if (currency != cart.Currency)
        {
            throw new RuleViolationException(nameof(input.Lines), "Enter the products again in the new currency.");
        }

        (cart.Currency, cart.Total) = (currency, OrderRules.Total(cart.Lines.Select(l => l.Amount), currency, null, currency).Total);
    }

    private CartDetails Details(Cart c) => new(
        c.Id, c.ExternalId, c.CustomerId, c.State == CartState.Open && c.ChangedAt < clock.GetUtcNow()
            .AddHours(-options.Value.CartAbandonedAfterHours) ? CartState.Abandoned : c.State, c.Currency, c.Total, c.ChangedAt,
        [.. c.Lines.OrderBy(l => l.Id)
            .Select(l => new OrderLineDetails(l.Id, l.Product!.Code, l.Product.Name, l.Quantity, l.UnitPrice, l.Amount))], c.Version);
}
