using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.Imports;

/// <summary>The rows of one order or refund together.</summary>
/// <param name="refundOf">The order that a refund takes back whole, where the file says so; null for others.</param>
internal sealed class StagedOrder(string number, IReadOnlyList<StagedOrderLine> lines, IReadOnlyList<int> rowNumbers, ShopOptions shop,
    string? refundOf = null)
{
    private readonly StagedOrderLine _first = lines[0];

    /// <summary>The order that this refund takes back whole; null for others.</summary>
    public string? RefundOf => refundOf;

    public string? Payment => lines.Select(l => l.Payment).FirstOrDefault(p => p is not null);

    /// <summary>Whether all of the order was given back.</summary>
    public bool IsGivenBack => lines.Any(l => l.IsGivenBack);

    /// <summary>The refund that takes all of the order back, under a number of its own, so that it comes only once.</summary>
    public StagedOrder GivenBack() => new(SearchText.Cut("R-" + number, Order.ExternalIdLength),
        [.. lines.Select(l => l with { IsRefund = true, IsGivenBack = false })], rowNumbers, shop, number);

    public string Number => number;

    public IReadOnlyList<StagedOrderLine> Lines => lines;

    public int RowNumber => rowNumbers[0];

    public IReadOnlyList<int> RowNumbers => rowNumbers;

    public bool IsRefund => _first.IsRefund;

    /// <summary>When the first line was bought.</summary>
    public DateTimeOffset At { get; } = lines.Min(l => l.At);

    public OrderStatus Status => lines.Select(l => l.Status).FirstOrDefault(s => s is not null) ?? OrderStatus.Completed;

    public string? Channel => lines.Select(l => l.Channel).FirstOrDefault(c => c is not null);

    public string Currency => _first.Currency ?? shop.Currency;

    public decimal? Rate => _first.Rate;

    public long Total { get; } = lines.Sum(l => l.Amount(lines[0].Currency ?? shop.Currency));

    public long BaseTotal => Money.ToBase(Total, Currency, Rate, shop.Currency);

    public StagedCustomer? Customer => lines.Select(l => l.Customer).FirstOrDefault(c => c is not null);

    /// <summary>All rows of the order, rejected for a reason that holds for it as a whole.</summary>
    public IEnumerable<RejectedRow> Rejected(string reason, params IReadOnlyList<string> arguments) => rowNumbers
        .Select(r => new RejectedRow(r, reason, arguments));
}
