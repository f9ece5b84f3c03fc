using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

public enum AdjustmentState { Waiting, Approved, Rejected, Withdrawn }

/// <summary>An adjustment above the limit of the person who asked for it, which a second person decides about.</summary>
[AuditName("AdjustmentRequest", Label = "Points adjustment")]
[OpenFields("CustomerId", "Points", "Reason", "State", "AskedById", "AskedByName", "AskedAt", "DecidedById", "DecidedByName",
    "DecidedAt", "DecisionReason")]
public sealed class AdjustmentRequest : ICustomerOwned, IVersioned
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    [AuditLabel("Points")] public long Points { get; init; }
    [AuditLabel("Reason")] public required string Reason { get; init; }
    [AuditLabel("Status")] public AdjustmentState State { get; set; }
    [AuditLabel("Asked by")] public long? AskedById { get; init; }
    [AuditLabel("Asked by")] public string AskedByName { get; init; } = "";
    [AuditLabel("Asked on")] public DateTimeOffset AskedAt { get; init; }
    [AuditLabel("Decided by")] public long? DecidedById { get; set; }
    [AuditLabel("Decided by")] public string? DecidedByName { get; set; }
    [AuditLabel("Decided on")] public DateTimeOffset? DecidedAt { get; set; }
    [AuditLabel("Reason for the decision")] public string? DecisionReason { get; set; }

    /// <summary>Of the client that asked, so that a request that is sent again asks once.</summary>
    [NotAudited] public string? Key { get; init; }

    public long Version { get; set; }
}
