using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

/// <summary>What was booked in one go: one or more entries that stand or fall together.</summary>
[AuditName("LoyaltyBooking", Label = "Booking of points", ShortLabel = "Points")]
[OpenFields("Key", "Fingerprint", "At", "ActorId", "ActorName", "Reason", "OrderId", "Reference", "RefundId", "ProgrammeId",
    "ChangeSetId")]
[AuditLabel("Points", Field = "Points")]
public sealed class LoyaltyBooking
{
    public const int KeyLength = 160;
    public const int ReasonLength = 300;
    public const int ReferenceLength = 100;

    public long Id { get; internal init; }

    /// <summary>What makes a repetition known; unique. Null where nothing can be repeated.</summary>
    [AuditLabel("Key")] public string? Key { get; init; }

    /// <summary>What was asked for under the key, so that another request under it is refused.</summary>
    [AuditLabel("Fingerprint")] public string? Fingerprint { get; init; }

    [AuditLabel("When")] public DateTimeOffset At { get; init; }
    [AuditLabel("By")] public long? ActorId { get; init; }
    [AuditLabel("By")] public string ActorName { get; init; } = "";

    /// <summary>Why, in the words of the person who booked it or as a key of the texts on screens.</summary>
    [AuditLabel("Reason")] public required string Reason { get; init; }

    /// <summary>The order that it is about.</summary>
    [AuditLabel("Order")] public long? OrderId { get; init; }

    public Order? Order { get; set; }

    /// <summary>The order's number in a system that sends us none of its orders.</summary>
    [AuditLabel("Reference")] public string? Reference { get; init; }

    [AuditLabel("Refund")] public long? RefundId { get; init; }

    /// <summary>The version of the programme by whose rules the points were reckoned.</summary>
    [AuditLabel("Programme")] public long? ProgrammeId { get; init; }

    /// <summary>JSON of <see cref="PointShare"/>s: what each line of the order counted for its points, by which a refund takes them
    /// back.</summary>
    public string? Shares { get; init; }

    /// <summary>The change set that took part in it, which leads to who did it from where.</summary>
    public long? ChangeSetId { get; internal set; }

    public List<LoyaltyEntry> Entries { get; } = [];
}
