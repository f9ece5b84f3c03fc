using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Orders;

/// <summary>A line in the form in which it is stored.</summary>
internal sealed record PlannedLine(string Code, string? Name, string? Category, string? Brand, int Quantity, long UnitPrice, long Discount,
    long Tax, long Amount);

/// <summary>What an order's fields may hold; the form, the API and imports all pass here.</summary>
internal static class OrderRules
{
    public const int MostLines = 500;
    public const int MostQuantity = 1_000_000;
    public const decimal HighestPrice = 1_000_000_000;
    public const decimal HighestRate = 1_000_000;

    /// <summary>In minor units: sums of many orders must not overflow.</summary>
    public const long HighestTotal = 1_000_000_000_000_000;

    public const string TooLarge = "The order is too large.";

    /// <summary>No order is older.</summary>
    public const int EarliestYear = 1970;

    private static readonly DateTimeOffset Earliest = new(EarliestYear, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Brings the texts into the form in which they are stored, and collects what is wrong with them. Money and lines are read with their
    /// currency.
    /// </summary>
    public static OrderInput Normalize(OrderInput input, ShopOptions shop, DateTimeOffset now, List<FieldError> errors)
    {
        var email = TextRules.Text(nameof(input.Email), input.Email, CustomerRules.EmailLength, errors);
        if (email.Value is { } address && !TextRules.IsEmail(address))
            errors.Add(new(nameof(input.Email), "This is not an e-mail address, such as name@example.com."));
        var phone = TextRules.Text(nameof(input.Phone), input.Phone, PhoneNumber.LongestTyped, errors);
        if (phone.Value is { } typed)
        {
            if (PhoneNumber.TryNormalize(typed, Home(input) ?? shop.Country, out var e164)) phone = e164;
            else errors.Add(new(nameof(input.Phone),
                "This is not a phone number; write it with its country code, such as +44 20 7946 0958."));
        }

        var currency = TextRules.Text(nameof(input.Currency), input.Currency, 3, errors);
        if (currency.Value is { } code)
        {
            currency = code.ToUpperInvariant();
            if (!IsoCodes.Currencies.Contains(currency.Value!))
                errors.Add(new(nameof(input.Currency), "This is not a currency code, such as EUR."));
        }

        if (input.PlacedAt.Value is { } at) CheckDay(nameof(input.PlacedAt), at, now, errors);
        if (input.Rate.Value is { } rate) CheckRate(nameof(input.Rate), rate, errors);
        if (input.Status.IsPresent && !Enum.IsDefined(input.Status.Value))
            errors.Add(new(nameof(input.Status), "This status does not exist."));
        return input with
        {
            ExternalId = TextRules.Text(nameof(input.ExternalId), input.ExternalId, Order.ExternalIdLength, errors),
            Channel = TextRules.Text(nameof(input.Channel), input.Channel, Order.ChannelLength, errors),
            PaymentMethod = TextRules.Text(nameof(input.PaymentMethod), input.PaymentMethod, Order.PaymentLength, errors),
            LoyaltyCard = TextRules.Text(nameof(input.LoyaltyCard), input.LoyaltyCard, Customer.LoyaltyCardLength, errors),
            Email = email,
            Phone = phone,
            Currency = currency,
            // As precise as databases keep it, so that the same instant twice is no change.
            PlacedAt = input.PlacedAt.Value is { } instant
                ? new(instant.ToUniversalTime().AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond))) : input.PlacedAt,
            ShippingAddress = input.ShippingAddress.IsPresent
                ? new(Address(nameof(input.ShippingAddress), input.ShippingAddress.Value, errors)) : default,
            BillingAddress = input.BillingAddress.IsPresent ? new(Address(nameof(input.BillingAddress), input.BillingAddress.Value, errors))
                : default,
        };
    }

    /// <summary>The country of the person who gets or pays the order, to which a phone without calling code belongs.</summary>
    private static string? Home(OrderInput input) => input.ShippingAddress.Value?.Country ?? input.BillingAddress.Value?.Country;

    /// <summary>When an order was placed or a refund was given.</summary>
    public static void CheckDay(string field, DateTimeOffset at, DateTimeOffset now, List<FieldError> errors)
    {
        if (at < Earliest || at > now.AddDays(1)) errors.Add(new(field, "The date of the order must be between 1970 and today."));
    }

    /// <summary>What one unit of a currency cost in another.</summary>
    public static void CheckRate(string field, decimal rate, List<FieldError> errors)
    {
        if (rate <= 0 || rate > HighestRate || decimal.Round(rate, 9) != rate) errors
            .Add(new(field, "The rate must be more than 0 and at most {0}, with at most 9 decimals.", HighestRate));
    }

    /// <summary>How many of a product a line has.</summary>
    public static void CheckQuantity(string field, decimal quantity, List<FieldError> errors)
    {
        if (quantity is < 1 or > MostQuantity) errors.Add(new(field, "The quantity must be 1 to {0}.", MostQuantity));
    }

    /// <summary>What one of a product costs, in major units.</summary>
    public static void CheckUnitPrice(string field, decimal price, List<FieldError> errors)
    {
        if (price < 0) errors.Add(new(field, "This must not be negative."));
        else if (price > HighestPrice || decimal.Round(price, 4) != price) errors
            .Add(new(field, "A unit price can have at most four decimals and be at most {0}.", HighestPrice));
    }

    /// <summary>The lines with their amounts.</summary>
    public static List<PlannedLine> Lines(IReadOnlyList<OrderLineInput>? lines, string currency, List<FieldError> errors)
    {
        if (lines is not { Count: > 0 })
        {
            errors.Add(new(nameof(OrderInput.Lines), "An order needs at least one product."));
            return [];
        }

        if (lines.Count > MostLines)
        {
            errors.Add(new(nameof(OrderInput.Lines), "An order can have at most {0} lines.", MostLines));
            return [];
        }

        foreach (var (at, line) in lines.Index())
            if (line is null) errors.Add(new($"{nameof(OrderInput.Lines)}[{at}]", "A line needs a product."));
        if (lines.Any(l => l is null)) return [];
        return [.. lines.Select((line, at) => Line(line, $"{nameof(OrderInput.Lines)}[{at}].", currency, errors))];
    }

    /// <summary>An amount of major units in minor ones; reports what is negative, too high or too precise.</summary>
    public static long Amount(string field, decimal amount, string currency, List<FieldError> errors)
    {
        if (amount < 0) errors.Add(new(field, "This must not be negative."));
        else if (amount > HighestTotal / 1000m) errors.Add(new(field, "This is too much."));
        else if (decimal.Round(amount, Money.MinorDigits(currency)) != amount)
            errors.Add(new(field, "Amounts in {0} can have at most {1} decimals.", currency, Money.MinorDigits(currency)));
        else return Money.ToMinor(amount, currency);
        return 0;
    }

    /// <summary>The sum of the lines and what it is in the base currency.</summary>
    /// <exception cref="RuleViolationException">It is too much.</exception>
    public static (long Total, long Base) Total(IEnumerable<long> amounts, string currency, decimal? rate, string baseCurrency)
    {
        var total = amounts.Sum(a => (decimal)a);
        if (IsTooLarge(total, currency, rate)) throw new RuleViolationException(nameof(OrderInput.Lines), TooLarge);
        return ((long)total, Money.ToBase((long)total, currency, rate, baseCurrency));
    }

    /// <summary>Whether a sum is more than an order may come to, in its own currency or in the base currency.</summary>
    /// <param name="total">In minor units.</param>
    public static bool IsTooLarge(decimal total, string currency, decimal? rate) =>
        total > HighestTotal || Money.ToDecimal((long)total, currency) * (rate ?? 1) * 1000 > HighestTotal;

    private static PlannedLine Line(OrderLineInput line, string at, string currency, List<FieldError> errors)
    {
        var known = errors.Count;
        var code = TextRules.Required(at + nameof(line.ProductCode), line.ProductCode, Product.CodeLength, "A line needs a product.",
            errors);
        var name = TextRules.Text(at + nameof(line.Name), line.Name, OrderLine.DescriptionLength, errors).Value;
        var category = TextRules.Text(at + nameof(line.Category), line.Category, Product.GroupLength, errors).Value;
        var brand = TextRules.Text(at + nameof(line.Brand), line.Brand, Product.GroupLength, errors).Value;
        CheckQuantity(at + nameof(line.Quantity), line.Quantity, errors);
        if (line.UnitPrice is not { } price) errors.Add(new(at + nameof(line.UnitPrice), "A line needs a unit price."));
        else CheckUnitPrice(at + nameof(line.UnitPrice), price, errors);
        var discount = Amount(at + nameof(line.Discount), line.Discount, currency, errors);
        var tax = Amount(at + nameof(line.Tax), line.Tax, currency, errors);
        if (errors.Count > known) return new(code, name, category, brand, 1, 0, 0, 0, 0);
        var unitPrice = (long)(line.UnitPrice!.Value * Money.PriceScale);
        var whole = Money.LineAmount(line.Quantity, unitPrice, currency);
        if (discount > whole) errors.Add(new(at + nameof(line.Discount), "The discount cannot exceed the subtotal."));
        return new(code, name, category, brand, (int)line.Quantity, unitPrice, discount, tax, whole - discount + tax);
    }

    /// <summary>An address with nothing in it is none.</summary>
    private static OrderAddress? Address(string field, OrderAddress? address, List<FieldError> errors)
    {
        if (address is null) return null;
        var country = Part(nameof(address.Country), address.Country, 2)?.ToUpperInvariant();
        if (country is not null && !IsoCodes.Countries.Contains(country))
            errors.Add(new($"{field}.{nameof(address.Country)}", "This is not a country code, such as GB."));
        var read = new OrderAddress(
            Part(nameof(address.Name), address.Name, CustomerRules.DisplayNameLength),
                Part(nameof(address.Line1), address.Line1, AddressService.LineLength),
                Part(nameof(address.Line2), address.Line2, AddressService.LineLength),
            Part(nameof(address.City), address.City, CustomerRules.CityLength), Part(nameof(address.State), address.State, 100),
                Part(nameof(address.PostalCode), address.PostalCode, 20), country);
        return read == new OrderAddress(null, null, null, null, null, null, null) ? null : read;

        string? Part(string part, string? text, int longest) => TextRules.Text($"{field}.{part}", text, longest, errors).Value;
    }
}
