using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>A line of an order or of a refund, with what its row says about the order and the customer.</summary>
internal sealed record StagedOrderLine
{
    public required string Order { get; init; }
    public bool IsRefund { get; init; }
    public DateTimeOffset At { get; init; }
    public OrderStatus? Status { get; init; }
    public string? Channel { get; init; }
    public string? Currency { get; init; }
    public decimal? Rate { get; init; }
    public required string Product { get; init; }
    public string? Description { get; init; }
    public string? Category { get; init; }
    public string? Brand { get; init; }
    public int Quantity { get; init; }

    /// <summary>In 1/10,000 of the currency.</summary>
    public long UnitPrice { get; init; }

    /// <summary>In minor units of the currency.</summary>
    public long Discount { get; init; }

    /// <summary>In minor units of the currency; comes on top.</summary>
    public long Tax { get; init; }

    /// <summary>Null for an anonymous sale.</summary>
    public StagedCustomer? Customer { get; init; }

    /// <summary>What the line comes to, in minor units.</summary>
    public long Amount(string currency) => Money.LineAmount(Quantity, UnitPrice, currency) - Discount + Tax;
}

/// <summary>Reads order lines out of rows.</summary>
internal sealed class OrderRowReader(ImportPlan plan, RowReader row, CustomerRowReader customers, ShopOptions shop, DateTimeOffset now)
{
    private readonly int[] _customerColumns = [.. ImportFields.Of(ImportKind.Customers, [])
        .Select(f => plan.Columns.GetValueOrDefault(f.Name, -1)).Where(at => at >= 0)];
    private string[] _customerCells = [];
    private StagedCustomer? _customer;
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
        var product = Required(ImportFields.Product, Orders.Product.CodeLength);
        var at = Day();
        var isRefund = plan.RefundPrefix.Length > 0 && order.StartsWith(plan.RefundPrefix, StringComparison.OrdinalIgnoreCase);
        var quantity = Quantity(isRefund);
        var price = Price();
        var currency = Currency();
        var rate = Rate(currency);
        var customer = Customer();
        var line = new StagedOrderLine
        {
            Order = order,
            IsRefund = isRefund,
            At = at ?? default,
            Status = Status(),
            Channel = row.Text(ImportFields.Channel, Orders.Order.ChannelLength),
            Currency = currency == shop.Currency ? null : currency,
            Rate = rate,
            Product = product,
            Description = row.Text(ImportFields.Description, OrderLine.DescriptionLength),
            Category = row.Text(ImportFields.Category, Orders.Product.GroupLength),
            Brand = row.Text(ImportFields.Brand, Orders.Product.GroupLength),
            Quantity = quantity,
            UnitPrice = price,
            Discount = Part(ImportFields.Discount, currency, isRefund),
            Tax = Part(ImportFields.Tax, currency, isRefund),
            Customer = customer,
        };
        if (row.Fault is null && line.Discount > Money.LineAmount(quantity, price, currency))
            row.Reject("The discount is higher than the price.");
        return row.Fault is null ? line : null;
    }

    private DateTimeOffset? Day()
    {
        if (row.Date(ImportFields.Date) is not { } time)
        {
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
        if (number is null) row.Reject("{0} is missing.", row.LabelOf(ImportFields.Quantity));
        else if (number != Math.Truncate(number.Value)) row.Reject("{0}: “{1}” is not a whole number.", row.LabelOf(ImportFields.Quantity),
            number);
        else if (number < 0 && !isRefund) row.Reject("The quantity is negative, but the order is not a refund.");
        else Check(errors => OrderRules.CheckQuantity("", Math.Abs(number.Value), errors));
        IsNegative = number < 0;
        return row.Fault is null ? (int)Math.Abs(number!.Value) : 0;
    }

    private long Price()
    {
        var number = row.Number(ImportFields.UnitPrice);
        if (number is null) row.Reject("{0} is missing.", row.LabelOf(ImportFields.UnitPrice));
        else if (number < 0) row.Reject("The unit price is negative.");
        else Check(errors => OrderRules.CheckUnitPrice("", number.Value, errors));
        return row.Fault is null ? (long)(number!.Value * Money.PriceScale) : 0;
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

    private string Currency()
    {
        var code = row.Text(ImportFields.Currency, 3)?.ToUpperInvariant() ?? (plan.Currency.Length > 0 ? plan.Currency : shop.Currency);
        if (!IsoCodes.Currencies.Contains(code)) row.Reject("“{0}” is not a currency code, such as EUR.", code);
        return code;
    }

    private decimal? Rate(string currency)
    {
        if (currency == shop.Currency) return null;
        var rate = row.Number(ImportFields.Rate);
        if (rate is null or <= 0)
            row.Reject("The order is in {0}; a column must contain the exchange rate to {1}.", currency, shop.Currency);
        else Check(errors => OrderRules.CheckRate("", rate.Value, errors));
        return rate;
    }

    private OrderStatus? Status()
    {
        if (row.Text(ImportFields.Status, 40) is not { } text) return null;
        var plain = string.Concat(text.Where(char.IsLetter));
        if (Enum.TryParse<OrderStatus>(plain, true, out var status)) return status;
        if (plain.Equals("canceled", StringComparison.OrdinalIgnoreCase)) return OrderStatus.Cancelled;
        row.Reject("“{0}” is not an order status.", RowReader.Short(text));
        return null;
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
        plan.Columns.Keys.Any(k => k is ImportFields.ExternalId or ImportFields.Number or ImportFields.Email or ImportFields.Phone);
}
