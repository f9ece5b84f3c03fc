using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>
/// What the rows of a file say of each order together, gathered while they are read one by one. An order is imported with all of its rows
/// or not at all: without a row that is refused it would cost something else than it did.
/// </summary>
internal sealed class OrderChecks(ImportPlan plan, ShopOptions shop)
{
    private readonly Dictionary<string, Rows> _orders = new(StringComparer.Ordinal);
    private bool _hasNegativeRefunds;
    private bool _hasPositiveRefunds;

    /// <summary>How the file writes the quantities of refunds.</summary>
    public RefundSign Sign => _hasNegativeRefunds ? RefundSign.Negative : _hasPositiveRefunds ? RefundSign.Positive : RefundSign.None;

    /// <summary>Lines below the table, such as a total, which are no rows.</summary>
    public int FootLines { get; set; }

    /// <summary>A row of an order was refused.</summary>
    public void Refuse(string order, int rowNumber)
    {
        var rows = Of(order);
        if (rows.Refused == 0) rows.Refused = rowNumber;
    }

    /// <param name="isNegative">Whether the row has its quantity below zero.</param>
    public void Add(StagedOrderLine line, bool isNegative, int rowNumber)
    {
        var rows = Of(line.Order);
        if (!rows.HasLines) (rows.HasLines, rows.Currency, rows.Rate) = (true, line.Currency, line.Rate);
        else if (rows.Currency != line.Currency || rows.Rate != line.Rate) rows.HasOtherCurrency = true;
        rows.Total += line.Amount(line.Currency ?? shop.Currency);
        if (line.Customer?.KeyOf(plan.Match) is { } customer)
        {
            rows.HasOtherCustomer |= rows.Customer is not null && rows.Customer != customer;
            rows.Customer = customer;
        }

        if (!line.IsRefund) return;
        _hasNegativeRefunds |= isNegative;
        _hasPositiveRefunds |= !isNegative;
        if (!isNegative && rows.Positive == 0) rows.Positive = rowNumber;
    }

    /// <summary>Why orders cannot be imported, by their numbers.</summary>
    public Dictionary<string, FieldError> Faults()
    {
        var faults = new Dictionary<string, FieldError>(StringComparer.Ordinal);
        foreach (var (order, rows) in _orders)
            if (FaultOf(rows) is { } fault) faults[order] = fault;
        return faults;
    }

    private FieldError? FaultOf(Rows rows)
    {
        if (rows.Refused > 0) return new("", "Row {0} of this order is rejected, and the whole order with it.", rows.Refused);
        if (rows.HasOtherCurrency) return new("", "The rows of this order have different currencies or rates.");
        if (rows.HasOtherCustomer) return new("", "The rows of this order are for different customers.");
        if (rows.Positive > 0 && _hasNegativeRefunds) return new("",
            "Row {0} has a quantity above zero, but refunds in this file have quantities below zero.", rows.Positive);
        return OrderRules.IsTooLarge(rows.Total, rows.Currency ?? shop.Currency, rows.Rate) ? new("", OrderRules.TooLarge) : null;
    }

    private Rows Of(string order)
    {
        if (!_orders.TryGetValue(order, out var rows)) _orders[order] = rows = new();
        return rows;
    }

    private sealed class Rows
    {
        /// <summary>The first row that was refused; 0 where none was.</summary>
        public int Refused { get; set; }

        /// <summary>The first row of a refund whose quantity is above zero; 0 where there is none.</summary>
        public int Positive { get; set; }

        public bool HasLines { get; set; }
        public string? Currency { get; set; }
        public decimal? Rate { get; set; }
        public string? Customer { get; set; }
        public bool HasOtherCurrency { get; set; }
        public bool HasOtherCustomer { get; set; }

        /// <summary>In minor units; a decimal, since what does not fit is to be told and not to end the import.</summary>
        public decimal Total { get; set; }
    }
}
