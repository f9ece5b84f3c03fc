using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

/// <summary>
/// Where a customer's points are kept. Entries and lots belong to it for ever; a merge gives the account to another customer, who
/// then has several, and an erasure leaves it without one.
/// </summary>
[AuditName("LoyaltyAccount", Label = "Loyalty account")]
[OpenFields("CustomerId", "OpenedForId", "OpenedAt", "Balance", "Debt")]
public sealed class LoyaltyAccount
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }
    /// <summary>
    /// Whose it was at first: what they earn is booked here, so that a merge that is undone gives each what is theirs.
    /// </summary>
    [AuditLabel("Opened for")] public long OpenedForId { get; init; }

    [AuditLabel("Opened")] public DateTimeOffset OpenedAt { get; init; }

    /// <summary>The sum of all entries, which is what is left in the lots less the debt.</summary>
    [AuditLabel("Balance")] public long Balance { get; internal set; }

    /// <summary>Points that were reversed when they had been spent already; the next points pay it first.</summary>
    [AuditLabel("Debt")] public long Debt { get; internal set; }
}
