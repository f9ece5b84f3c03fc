using System.Globalization;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Features.Orders;

/// <summary>What was typed into the form of an order, field by field, as it was typed.</summary>
internal sealed class OrderDraft
{
    public static readonly string[] AddressFields = ["Name", "Line1", "Line2", "PostalCode", "City", "State", "Country"];
    private static readonly string[] LineFields = ["ProductCode", "Name", "Quantity", "UnitPrice", "Discount", "Tax"];

    /// <summary>What is larger is said to be too much when it is saved, and not reckoned before.</summary>
    private const decimal Largest = 1_000_000_000;

    private int _lastLine;

    public Dictionary<string, string?> Typed { get; } = [];

    /// <summary>The numbers of the lines, which stay with them when others go.</summary>
    public List<int> Lines { get; } = [];

    public string? this[string field]
    {
        get => Typed.GetValueOrDefault(field);
        set => Typed[field] = value;
    }

    public static string LineField(int line, string field) => string.Create(CultureInfo.InvariantCulture, $"Line{line}.{field}");

    public int AddLine()
    {
        Lines.Add(++_lastLine);
        Typed[LineField(_lastLine, "Quantity")] = "1";
        return _lastLine;
    }

    public void RemoveLine(int line)
    {
        Lines.Remove(line);
        foreach (var field in LineFields.Append("Category").Append("Brand")) Typed.Remove(LineField(line, field));
    }

    /// <summary>Takes back what the browser kept.</summary>
    public void Restore(IEnumerable<KeyValuePair<string, string>> kept)
    {
        foreach (var (field, value) in kept)
        {
            Typed[field] = value;
            if (!field.StartsWith("Line", StringComparison.Ordinal)
                || !int.TryParse(field.AsSpan(4, Math.Max(0, field.IndexOf('.', StringComparison.Ordinal) - 4)), NumberStyles.None,
                CultureInfo.InvariantCulture, out var line) || line is < 1 or > 10_000) continue;
            if (!Lines.Contains(line)) Lines.Add(line);
            _lastLine = Math.Max(_lastLine, line);
            Typed.TryAdd(LineField(line, "Quantity"), "1");
        }

        Lines.Sort();
    }

    /// <summary>What a form begins with for an order that is there.</summary>
    public static OrderDraft Of(OrderDetails order, string placedAt)
    {
        var draft = new OrderDraft
        {
            ["ExternalId"] = order.ExternalId, ["Channel"] = order.Channel, ["PaymentMethod"] = order.PaymentMethod,
                ["Currency"] = order.Currency, ["Rate"] = Text(order.Rate), ["PlacedAt"] = placedAt,
            ["LoyaltyCard"] = order.Contact.LoyaltyCard, ["Email"] = order.IsMasked ? null : order.Contact.Email, ["Phone"] = order.IsMasked
                ? null : order.Contact.Phone,
        };
        draft.Put("ShippingAddress", order.ShippingAddress, order.IsMasked);
        draft.Put("BillingAddress", order.BillingAddress, order.IsMasked);
        foreach (var line in order.Lines)
        {
            var number = draft.AddLine();
            draft[LineField(number, "ProductCode")] = line.ProductCode;
            draft[LineField(number, "Name")] = line.Name;
            draft[LineField(number, "Quantity")] = line.Quantity.ToString(CultureInfo.InvariantCulture);
            draft[LineField(number, "UnitPrice")] = Text(line.UnitPrice / (decimal)Money.PriceScale);
            draft[LineField(number, "Discount")] = line.Discount == 0 ? null : Text(Money.ToDecimal(line.Discount, order.Currency));
            draft[LineField(number, "Tax")] = line.Tax == 0 ? null : Text(Money.ToDecimal(line.Tax, order.Currency));
        }

        return draft;
    }

    public void Put(string address, OrderAddress? from, bool isMasked)
    {
        (this[address + ".Name"], this[address + ".Line1"], this[address + ".Line2"]) = (from?.Name, isMasked ? null : from?.Line1, isMasked
            ? null : from?.Line2);
        (this[address + ".PostalCode"], this[address + ".City"], this[address + ".State"], this[address + ".Country"]) = (from?.PostalCode,
            from?.City, from?.State, from?.Country);
    }

    public OrderAddress? Address(string address)
    {
        return AddressFields.All(f => string.IsNullOrWhiteSpace(Part(f)))
            ? null : new(Part("Name"), Part("Line1"), Part("Line2"), Part("City"), Part("State"), Part("PostalCode"), Part("Country"));

        string? Part(string field) => this[$"{address}.{field}"];
    }

    /// <summary>The lines as they are typed; what is no number is collected as an error of its field.</summary>
    public IReadOnlyList<OrderLineInput> ReadLines(List<FieldError> errors) => [.. Lines.Select((line, at) => new OrderLineInput
    {
        ProductCode = Of(line, "ProductCode"), Name = Of(line, "Name"), Category = Of(line, "Category"), Brand = Of(line, "Brand"),
        Quantity = Number(line, at, "Quantity", errors) is { } quantity && quantity == decimal.Truncate(quantity)
            && Math.Abs(quantity) < long.MaxValue ? (long)quantity : 0,
        UnitPrice = Number(line, at, "UnitPrice", errors), Discount = Number(line, at, "Discount", errors) ?? 0,
            Tax = Number(line, at, "Tax", errors) ?? 0,
    })];

    public string? Of(int line, string field) => string.IsNullOrWhiteSpace(this[LineField(line, field)])
        ? null : this[LineField(line, field)];

    /// <summary>What a line comes to, where it can be reckoned.</summary>
    public long? AmountOf(int line, string currency)
    {
        if (Read(Of(line, "UnitPrice")) is not { } price || Read(Of(line, "Quantity")) is not { } quantity) return null;
        var (discount, tax) = (Read(Of(line, "Discount")) ?? 0, Read(Of(line, "Tax")) ?? 0);
        if (Math.Abs(price) > Largest || Math.Abs(quantity) > Largest || Math.Abs(discount) > Largest || Math.Abs(tax) > Largest
            || Math.Abs(price * quantity) > Largest * 1_000) return null;
        return Money.ToMinor(price * quantity, currency) - Money.ToMinor(discount, currency) + Money.ToMinor(tax, currency);
    }

    /// <summary>A number as the browser's controls for numbers give it, whatever the user's culture.</summary>
    public static decimal? Read(string? text) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number : null;

    public static string? Text(decimal? number) => number?.ToString("0.#########", CultureInfo.InvariantCulture);

    private decimal? Number(int line, int at, string field, List<FieldError> errors)
    {
        if (Of(line, field) is not { } text) return null;
        if (Read(text) is { } number) return number;
        errors.Add(new(string.Create(CultureInfo.InvariantCulture, $"Lines[{at}].{field}"), "This is not a number."));
        return null;
    }
}
