using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

/// <summary>Why a customer came into a tier.</summary>
public enum TierCause { Automatic, Manual, ManualEnded, Downgrade, Merge }

/// <summary>A dated step of a customer from one tier to another. Steps are never changed.</summary>
[AuditName("TierChange")]
[OpenFields("CustomerId", "From", "To", "Cause", "Reason", "At", "Until", "ProgrammeId", "ActorName")]
public sealed class TierChange : ICustomerOwned
{
    public const int CodeLength = 20;
    public const int ReasonLength = 300;

    public long Id { get; internal init; }
    public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    public string? From { get; init; }
    public required string To { get; init; }
    public TierCause Cause { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>Of a tier that was given: the first instant at which it no longer holds; null where it holds until it is taken.</summary>
    public DateTimeOffset? Until { get; init; }

    public long? ProgrammeId { get; init; }
    public string ActorName { get; init; } = "";
}
