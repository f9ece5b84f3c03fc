using CrmPortal.Core.Overview;

namespace CrmPortal.Core.Data;

/// <summary>A table whose changes make the figures of a day stale.</summary>
/// <param name="Instant">The column that says which day a row counts for.</param>
/// <param name="Counted">The columns that the figures are made of.</param>
internal sealed record TrackedFigures(string Table, string Instant, params string[] Counted)
{
    /// <summary>What <see cref="DayFigures"/> reads.</summary>
    public static readonly IReadOnlyList<TrackedFigures> All =
    [
        new("Orders", "PlacedAt", "PlacedAt", "Status", "CustomerId", "Currency", "Total", "BaseTotal"),
        new("Refunds", "RefundedAt", "RefundedAt", "Currency", "Amount", "BaseAmount"),
        new("LoyaltyEntries", "At", "At", "Kind", "Points", "ReversesId"),
    ];

    /// <summary>
    /// Whichever order becomes a customer's first, and whichever was, lies at one of the two instants between which this column changes.
    /// </summary>
    public static readonly TrackedFigures FirstOrders = new("Customers", "FirstOrderAt", "FirstOrderAt");
}
