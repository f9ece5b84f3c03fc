using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

/// <summary>Why a customer came into a tier.</summary>
public enum TierCause { Automatic, Manual, ManualEnded, Downgrade, Merge }

/// <summary>A dated step of a customer from one tier to another. Steps are never changed.</summary>
[AuditName("TierChange", Label = "Change of tier", ShortLabel = "Tier")]
[OpenFields("CustomerId", "From", "To", "Cause", "Reason", "At", "Until", "ProgrammeId", "ActorName")]
public sealed class TierChange : ICustomerOwned
{
    public const int CodeLength = 20;
    public const int ReasonLength = 300;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    [AuditLabel("Tier before")] public string? From { get; init; }
    [AuditLabel("Tier")] public required string To { get; init; }
    [AuditLabel("Cause")] public TierCause Cause { get; init; }
    [AuditLabel("Reason")] public string? Reason { get; init; }
    [AuditLabel("When")] public DateTimeOffset At { get; init; }

    /// <summary>Of a tier that was given: the first instant at which it no longer holds; null where it holds until it is taken.</summary>
    [AuditLabel("Until")] public DateTimeOffset? Until { get; init; }

    [AuditLabel("Programme")] public long? ProgrammeId { get; init; }
    [AuditLabel("By")] public string ActorName { get; init; } = "";
}
