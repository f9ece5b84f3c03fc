using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

public enum RedemptionState { Issued, Used, Cancelled }

/// <summary>A reward that a customer got, with the code by which it is handed out.</summary>
[AuditName("RewardRedemption")]
[OpenFields("CustomerId", "RewardId", "BookingId", "Code", "State", "At", "ExpiresAt", "EndedAt", "EndedByName")]
public sealed class RewardRedemption : ICustomerLinked, IVersioned
{
    public const int CodeLength = 20;

    public long Id { get; internal init; }
    public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }
    public long RewardId { get; init; }
    public Reward? Reward { get; set; }
    public long BookingId { get; init; }
    public LoyaltyBooking? Booking { get; init; }
    public required string Code { get; init; }
    public RedemptionState State { get; set; }
    public DateTimeOffset At { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? EndedByName { get; set; }
    public long Version { get; set; }
}
