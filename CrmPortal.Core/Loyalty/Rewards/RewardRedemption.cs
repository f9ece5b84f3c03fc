using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

public enum RedemptionState { Issued, Used, Cancelled }

/// <summary>A redeemed reward, with the code that is shown to claim it.</summary>
[AuditName("RewardRedemption", Label = "Redeemed reward", ShortLabel = "Reward")]
[OpenFields("CustomerId", "RewardId", "BookingId", "Code", "State", "At", "ExpiresAt", "EndedAt", "EndedByName")]
public sealed class RewardRedemption : ICustomerLinked, IVersioned
{
    public const int CodeLength = 20;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }
    [AuditLabel("Reward")] public long RewardId { get; init; }
    public Reward? Reward { get; set; }
    [AuditLabel("Booking of points")] public long BookingId { get; init; }
    public LoyaltyBooking? Booking { get; init; }
    [AuditLabel("Code")] public required string Code { get; init; }
    [AuditLabel("Status")] public RedemptionState State { get; set; }
    [AuditLabel("When")] public DateTimeOffset At { get; init; }
    [AuditLabel("Expires on")] public DateTimeOffset? ExpiresAt { get; init; }
    [AuditLabel("Ended on")] public DateTimeOffset? EndedAt { get; set; }
    [AuditLabel("Ended by")] public string? EndedByName { get; set; }
    public long Version { get; set; }
}
