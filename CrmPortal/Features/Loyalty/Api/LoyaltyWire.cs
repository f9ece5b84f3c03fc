using System.ComponentModel;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Loyalty;

namespace CrmPortal.Features.Loyalty;

/// <summary>What a customer has, as document 3 prints it, with the points that can be spent later.</summary>
internal sealed record BalanceAnswer(OpaqueId CustomerId, long CurrentBalance, long LifetimePoints, long PointsExpiringSoon,
    DateTimeOffset? PointsExpiringDate, string? Tier, long PendingPoints);

/// <summary>An entry of the ledger.</summary>
internal sealed record TransactionAnswer(
    OpaqueId Id, OpaqueId CustomerId, string TransactionType, long Points, long BalanceAfter, string Description, string? OrderId,
        DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt);

internal sealed record EarnBody
{
    public required OpaqueId CustomerId { get; init; }
    public required long Points { get; init; }
    public string? Description { get; init; }

    [Description("The order's number; each order earns once, and a repeated call gets the first response.")]
    public string? OrderId { get; init; }

    [Description("Days until the points expire; defaults to the programme's rule.")]
    public int? ExpiryDays { get; init; }
}

internal sealed record RedeemBody
{
    public required OpaqueId CustomerId { get; init; }
    public required long Points { get; init; }
    public string? Description { get; init; }
    public string? OrderId { get; init; }
}

internal sealed record AdjustBody
{
    public required OpaqueId CustomerId { get; init; }

    [Description("Positive or negative.")]
    public required long Points { get; init; }

    public required string Reason { get; init; }
}

/// <summary>An adjustment above the limit of the person who asked for it.</summary>
internal sealed record WaitingAnswer(string Message, OpaqueId RequestId, OpaqueId CustomerId, long Points, string Reason);

/// <summary>The expired points.</summary>
internal sealed record ExpiredAnswer(string Message, long PointsExpired, int Lots);

internal sealed record TierBody
{
    public required OpaqueId CustomerId { get; init; }
    public required string NewTier { get; init; }
    public required string Reason { get; init; }

    [Description("The last day of the tier; without it, the tier is kept until it is removed.")]
    public DateOnly? TierExpiryDate { get; init; }
}

/// <summary>Where a customer is on the ladder.</summary>
internal sealed record StandingAnswer(OpaqueId CustomerId, string? Tier, bool IsManual, DateTimeOffset? TierExpiresAt, decimal BasisAmount,
    string? NextTier, decimal Remaining);

/// <summary>The figures of document 3; tier counts are of active members.</summary>
internal sealed record MetricsAnswer(
    int TotalMembers, int ActiveMembers, int BronzeMembers, int SilverMembers, int GoldMembers, int PlatinumMembers, long TotalPointsIssued,
        long TotalPointsRedeemed, long TotalPointsExpired,
    long CurrentOutstandingPoints, decimal RedemptionRate)
{
    public static MetricsAnswer Of(LoyaltyMetrics m) => new(
        m.TotalMembers, m.ActiveMembers, m.ActiveByTier.GetValueOrDefault("bronze"), m.ActiveByTier.GetValueOrDefault("silver"),
            m.ActiveByTier.GetValueOrDefault("gold"), m.ActiveByTier.GetValueOrDefault("platinum"),
        m.Issued, m.Redeemed, m.Expired, m.Outstanding, m.RedemptionRate);
}
