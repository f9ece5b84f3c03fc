using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Reads order lines out of rows. What a further row of an order leaves blank of the order itself is what its first row says.
/// </summary>
internal sealed class OrderRowReader(ImportPlan plan, RowReader row, CustomerRowReader customers, ShopOptions shop, DateTimeOffset now)
{
    private readonly int[] _customerColumns = [.. ImportFields.Of(ImportKind.Customers, [])
        .Select(f => plan.Columns.GetValueOrDefault(f.Name, -1)).Where(at => at >= 0)];
    private string[] _customerCells = [];
    private StagedCustomer? _customer;
    private StagedOrderLine? _before;

    /// <summary>The codes that products have in other rows, by their names.</summary>
    private readonly Dictionary<string, string> _codes = new(StringComparer.OrdinalIgnoreCase);
    private readonly LocalZone _zone = plan.TimeZone.Length > 0 ? LocalZone.Of(plan.TimeZone) : shop.Zone;

    /// <summary>The order that the row names, also where the row is refused; null where it names none.</summary>
    public string? Order { get; private set; }

    /// <summary>Whether the row's quantity stands below zero.</summary>
    public bool IsNegative { get; private set; }

    /// <summary>The line of the row, or null where <see cref="RowReader.Fault"/> says what is wrong.</summary>
    public StagedOrderLine? Read()
    {
        (Order, IsNegative) = (null, false);
        var order = Required(ImportFields.Order, Orders.Order.ExternalIdLength);
        Order = order.Length > 0 ? order : null;
        var before = _before is { } line0 && line0.Order == order ? line0 : null;
        var description = row.Text(ImportFields.Description, 2_000);
        var product = Product(description);
        var at = Day(before);
        var isRefund = plan.RefundPrefix.Length > 0 && order.StartsWith(plan.RefundPrefix, StringComparison.OrdinalIgnoreCase);
        var quantity = Quantity(isRefund);
        var currency = Currency(before);
        var rate = Rate(currency, before);
        var (price, priceOff) = Price(quantity, currency);
        var customer = Customer() ?? before?.Customer;
        var (status, isGivenBack) = Status();
        var line = new StagedOrderLine
        {
            Order = order,
            IsRefund = isRefund,
            At = at ?? default,
            Status = status ?? before?.Status,
            IsGivenBack = isGivenBack || before?.IsGivenBack == true,
            Channel = row.Optional(ImportFields.Channel, Orders.Order.ChannelLength) ?? before?.Channel,
            Payment = row.Optional(ImportFields.Payment, Orders.Order.PaymentLength) ?? before?.Payment,
            Currency = currency == shop.Currency ? null : currency,
            Rate = rate,
            Product = product,
            Description = description is null ? null : SearchText.Cut(description, OrderLine.DescriptionLength),
            Category = row.Text(ImportFields.Category, Orders.Product.GroupLength),
            Brand = row.Text(ImportFields.Brand, Orders.Product.GroupLength),
            Quantity = quantity,
            UnitPrice = price,
            Discount = Part(ImportFields.Discount, currency, isRefund) + priceOff,
            OrderDiscount = Part(ImportFields.OrderDiscount, currency, isRefund),
            Tax = Part(ImportFields.Tax, currency, isRefund),
            Customer = customer,
        };
        if (row.Fault is null && line.Discount > Money.LineAmount(quantity, price, currency))
            row.Reject("The discount is higher than the price.");
        // Also of a row that is refused: its order is refused with it, and the reason is not that the next row says less.
        if (at is not null) _before = line;
        return row.Fault is null ? line : null;
    }

    /// <summary>
    /// The code of the product. One without a code has that of an earlier row with its name, or goes by the name; a report has one product
    /// for what it does not name.
    /// </summary>
    private string Product(string? description)
    {
        if (!plan.Columns.ContainsKey(ImportFields.Quantity) && plan.Columns.ContainsKey(ImportFields.OrderTotal))
            return ProductCatalogue.WholeOrder;
        if (row.Key(ImportFields.Product, Orders.Product.CodeLength) is { } code)
        {
            if (description is not null) _codes.TryAdd(description, code);
            return code;
        }

        if (description is not null)
            return _codes.GetValueOrDefault(description) ?? SearchText.Cut(description, Orders.Product.CodeLength).Trim();
        row.Reject("{0} is missing.",
            row.LabelOf(plan.Columns.ContainsKey(ImportFields.Product) ? ImportFields.Product : ImportFields.Description));
        return "";
    }

    private DateTimeOffset? Day(StagedOrderLine? before)
    {
        if (row.Date(ImportFields.Date) is not { } time)
        {
            if (before is not null && row.Fault is null) return before.At;
            row.Reject("{0} is missing.", row.LabelOf(ImportFields.Date));
            return null;
        }

        var at = row.IsUtc(ImportFields.Date) ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : _zone.InstantOf(time);
        Check(errors => OrderRules.CheckDay("", at, now, errors));
        return at;
    }

    /// <summary>Asks the rules that hold for the form and the API too.</summary>
    private void Check(Action<List<FieldError>> check)
    {
        var errors = new List<FieldError>();
        check(errors);
        row.Reject(errors);
    }

    private string Required(string field, int longest)
    {
        var text = row.Key(field, longest);
        if (text is null) row.Reject("{0} is missing.", row.LabelOf(field));
        return text ?? "";
    }

    private int Quantity(bool isRefund)
    {
        var number = row.Number(ImportFields.Quantity);
        if (number is null && !plan.Columns.ContainsKey(ImportFields.Quantity)) number = 1;
        if (number is null) row.Reject("{0} is missing.", row.LabelOf(ImportFields.Quantity));
        else if (number != Math.Truncate(number.Value)) row.Reject("{0}: “{1}” is not a whole number.", row.LabelOf(ImportFields.Quantity),
            number);
        else if (number < 0 && !isRefund) row.Reject("The quantity is negative, but the order is not a refund.");
        else Check(errors => OrderRules.CheckQuantity("", Math.Abs(number.Value), errors));
        IsNegative = number < 0;
        return row.Fault is null ? (int)Math.Abs(number!.Value) : 0;
    }

    /// <summary>The price of a piece, and what must be taken off the line again where the price of all cannot be divided by
    /// them.</summary>
    private (long Price, long Off) Price(int quantity, string currency)
    {
        var field = plan.Columns.ContainsKey(ImportFields.UnitPrice) ? ImportFields.UnitPrice
            : plan.Columns.ContainsKey(ImportFields.LineTotal) ? ImportFields.LineTotal : ImportFields.OrderTotal;
        var number = row.Number(field);
        if (number is null) row.Reject("{0} is missing.", row.LabelOf(field));
        else if (number < 0 && (field == ImportFields.UnitPrice || quantity == 0)) row.Reject("The unit price is negative.");
        if (row.Fault is not null) return (0, 0);
        if (field == ImportFields.UnitPrice)
        {
            Check(errors => OrderRules.CheckUnitPrice("", number!.Value, errors));
            return row.Fault is null ? ((long)(number!.Value * Money.PriceScale), 0) : (0, 0);
        }

        // A refund may write its amounts below zero, like its quantities.
        var errors = new List<FieldError>();
        var total = OrderRules.Amount("", Math.Abs(number!.Value), currency, errors);
        row.Reject(errors);
        if (row.Fault is not null || quantity == 0) return (0, 0);
        var price = Math.Ceiling(Math.Abs(number.Value) * Money.PriceScale / quantity);
        Check(found => OrderRules.CheckUnitPrice("", price / Money.PriceScale, found));
        return row.Fault is null ? ((long)price, Money.LineAmount(quantity, (long)price, currency) - total) : (0, 0);
    }

    /// <summary>An amount that a line has beside its price; a refund may write it below zero, like its quantity.</summary>
    private long Part(string field, string currency, bool isRefund)
    {
        if (row.Fault is not null || row.Number(field) is not { } number) return 0;
        if (number < 0 && !isRefund) row.Reject("{0}: “{1}” is negative, but the order is not a refund.", row.LabelOf(field), number);
        var errors = new List<FieldError>();
        var amount = OrderRules.Amount("", Math.Abs(number), currency, errors);
        if (errors.Count > 0) row.Reject("{0}: “{1}” has more decimals than {2} has, or is too high.", row.LabelOf(field), number,
            currency);
        return row.Fault is null ? amount : 0;
    }

    private string Currency(StagedOrderLine? before)
    {
        var code = row.Text(ImportFields.Currency, 3)?.ToUpperInvariant()
            ?? (before is null ? null : before.Currency ?? shop.Currency) ?? (plan.Currency.Length > 0 ? plan.Currency : shop.Currency);
        if (!IsoCodes.Currencies.Contains(code)) row.Reject("“{0}” is not a currency code, such as EUR.", code);
        return code;
    }

    private decimal? Rate(string currency, StagedOrderLine? before)
    {
        if (currency == shop.Currency) return null;
        var rate = row.Number(ImportFields.Rate) ?? before?.Rate;
        if (rate is null or <= 0)
            row.Reject("The order is in {0}; a column must contain the exchange rate to {1}.", currency, shop.Currency);
        else Check(errors => OrderRules.CheckRate("", rate.Value, errors));
        return rate;
    }

    private (OrderStatus? Status, bool IsGivenBack) Status()
    {
        if (row.Text(ImportFields.Status, 60) is not { } text) return (null, false);
        if (OrderStates.TryRead(text, out var status, out var isGivenBack)) return (status, isGivenBack);
        row.Reject("“{0}” is not an order status.", RowReader.Short(text));
        return (null, false);
    }

    /// <summary>The lines of an order say the same of the customer; they are read once.</summary>
    private StagedCustomer? Customer()
    {
        if (!HasCustomer()) return null;
        var cells = row.Cells(_customerColumns);
        if (cells.AsSpan().SequenceEqual(_customerCells) && row.Fault is null) return _customer;
        var customer = customers.Read();
        if (customer is { HasName: false, Number: null }) customer = null;
        if (row.Fault is null) (_customerCells, _customer) = (cells, customer);
        return customer;
    }

    private bool HasCustomer() =>
        plan.Match == MatchKey.Name
            || plan.Columns.Keys.Any(k => k is ImportFields.ExternalId or ImportFields.Number or ImportFields.Email or ImportFields.Phone);
}
