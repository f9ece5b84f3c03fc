using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;

namespace CrmPortal.Core.Orders;

/// <content>What an input changes of an order.</content>
public sealed partial class OrderService
{
    /// <summary>
    /// Writes the fields that are present into the order. What it was bought for, and when, stays as it is once the order is no longer
    /// pending.
    /// </summary>
    private async Task ApplyAsync(CrmDbContext db, Order order, OrderInput fields, Grant grant, CancellationToken cancellationToken)
    {
        ApplyContact(order, fields, grant);
        var errors = new List<FieldError>();
        var currency = fields.Currency.Value ?? order.Currency;
        var rate = RateOf(order, fields, currency, errors);
        var planned = fields.Lines.IsPresent ? OrderRules.Lines(fields.Lines.Value, currency, errors) : null;
        if (errors.Count > 0) throw new RuleViolationException(errors);
        var placed = fields.PlacedAt.Value ?? order.PlacedAt;
        var products = planned is null ? null : await OrderProducts.LearnAsync(db, planned, cancellationToken);
        var hasOtherLines = planned is not null && !HasLines(order, planned, products!);
        if (order.Status != OrderStatus.Pending)
        {
            DemandSamePurchase(order, currency, rate, placed, hasOtherLines);
            return;
        }

        if (hasOtherLines) ReplaceLines(db, order, planned!, products!);
        // The same numbers in a currency with other decimals are other amounts.
        else if (currency != order.Currency)
            throw new RuleViolationException(nameof(fields.Lines), "Enter the products again in the new currency.");

        (order.Currency, order.Rate, order.PlacedAt) = (currency, rate, placed);
        (order.Total, order.BaseTotal) = OrderRules.Total(order.Lines.Select(l => l.Amount), currency, rate, shop.Value.Currency);
    }

    /// <summary>Where the order came from, who bought and where it goes: what may change at any time.</summary>
    private static void ApplyContact(Order order, OrderInput fields, Grant grant)
    {
        order.ExternalId = fields.ExternalId.Or(order.ExternalId);
        order.Channel = fields.Channel.Or(order.Channel);
        order.PaymentMethod = fields.PaymentMethod.Or(order.PaymentMethod);
        order.LoyaltyCard = fields.LoyaltyCard.Or(order.LoyaltyCard);
        order.ContactEmail = fields.Email.Or(order.ContactEmail);
        order.ContactPhone = fields.Phone.Or(order.ContactPhone);
        var maySee = grant.Has(Permissions.CustomersSensitive);
        if (fields.ShippingAddress.IsPresent) order.ShippingAddress = Kept(order.ShippingAddress, fields.ShippingAddress.Value, maySee);
        if (fields.BillingAddress.IsPresent) order.BillingAddress = Kept(order.BillingAddress, fields.BillingAddress.Value, maySee);
    }

    /// <summary>The rate from the order's currency to the shop's; null where both are one.</summary>
    private decimal? RateOf(Order order, OrderInput fields, string currency, List<FieldError> errors)
    {
        if (currency == shop.Value.Currency)
        {
            if (fields.Rate.Value is { } useless && useless != 1)
                errors.Add(new(nameof(fields.Rate), "The order is in the shop's currency, so it has no exchange rate."));
            return null;
        }

        var rate = fields.Rate.Or(order.Currency == currency ? order.Rate : null);
        if (rate is null)
            errors.Add(new(nameof(fields.Rate), "The order is in {0}; enter the exchange rate to {1} on that day.", currency,
                shop.Value.Currency));
        return rate;
    }

    private static bool HasLines(Order order, IReadOnlyList<PlannedLine> planned, OrderProducts products) =>
        order.Lines.OrderBy(l => l.Id).Select(l => (l.ProductId, l.Description, l.Quantity, l.UnitPrice, l.Discount, l.Tax))
            .SequenceEqual(planned
                .Select(l => (products.Of(l).Id, products.DescriptionOf(l), l.Quantity, l.UnitPrice, l.Discount, l.Tax)));

    /// <exception cref="RuleViolationException">The order would be one about other products, or of another price or time.</exception>
    private static void DemandSamePurchase(Order order, string currency, decimal? rate, DateTimeOffset placed, bool hasOtherLines)
    {
        var errors = new List<FieldError>();
        if (hasOtherLines)
            errors.Add(new(nameof(OrderInput.Lines), "Products can only be changed while the order is pending; refund what was returned."));
        if (currency != order.Currency)
            errors.Add(new(nameof(OrderInput.Currency), "The currency can only be changed while the order is pending."));
        if (rate != order.Rate) errors.Add(new(nameof(OrderInput.Rate), "The rate can only be changed while the order is pending."));
        if (placed != order.PlacedAt)
            errors.Add(new(nameof(OrderInput.PlacedAt), "The time can only be changed while the order is pending."));
        if (errors.Count > 0) throw new RuleViolationException(errors);
    }

    private static void ReplaceLines(CrmDbContext db, Order order, IReadOnlyList<PlannedLine> planned, OrderProducts products)
    {
        // Other lines are another version of the order, also where they cost the same.
        if (order.Id != 0) db.Entry(order).Property(o => o.Total).IsModified = true;
        db.OrderLines.RemoveRange(order.Lines);
        order.Lines.Clear();
        order.Lines.AddRange(planned.Select(l => new OrderLine
        {
            Product = products.Of(l), ProductId = products.Of(l).Id, Description = products.DescriptionOf(l), Quantity = l.Quantity,
            UnitPrice = l.UnitPrice, Discount = l.Discount, Tax = l.Tax, Amount = l.Amount,
        }));
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
}
