using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

public enum AdjustmentState { Waiting, Approved, Rejected, Withdrawn }

/// <summary>An adjustment above the limit of the person who asked for it, which a second person decides about.</summary>
[AuditName("AdjustmentRequest")]
[OpenFields("CustomerId", "Points", "Reason", "State", "AskedById", "AskedByName", "AskedAt", "DecidedById", "DecidedByName",
    "DecidedAt", "DecisionReason")]
public sealed class AdjustmentRequest : ICustomerOwned, IVersioned
{
    public long Id { get; internal init; }
    public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    public long Points { get; init; }
    public required string Reason { get; init; }
    public AdjustmentState State { get; set; }
    public long? AskedById { get; init; }
    public string AskedByName { get; init; } = "";
    public DateTimeOffset AskedAt { get; init; }
    public long? DecidedById { get; set; }
    public string? DecidedByName { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public string? DecisionReason { get; set; }

    /// <summary>Of the client that asked, so that a request that is sent again asks once.</summary>
    [NotAudited] public string? Key { get; init; }

    public long Version { get; set; }
}
