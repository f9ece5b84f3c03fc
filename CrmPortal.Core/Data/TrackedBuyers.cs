using CrmPortal.Core.Analytics;

namespace CrmPortal.Core.Data;

/// <summary>A table whose changes make the months of a customer stale.</summary>
/// <param name="Counted">The columns that the months are made of, the customer's key among them.</param>
internal sealed record TrackedBuyers(string Table, params string[] Counted)
{
    /// <summary>What <see cref="CohortReader"/> reads.</summary>
    public static readonly IReadOnlyList<TrackedBuyers> All =
    [
        new("Orders", "CustomerId", "PlacedAt", "Status", "BaseTotal"),
        new("Refunds", "CustomerId", "RefundedAt", "BaseAmount"),
    ];
}
