using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Loyalty;

/// <summary>Something that is given for points, as people write it.</summary>
public sealed record RewardInput
{
    public string? Name { get; init; }
    public string? Description { get; init; }
    public long Price { get; init; }

    /// <summary>The stock; null if it is unlimited.</summary>
    public long? Stock { get; init; }

    public DateOnly? From { get; init; }
    public DateOnly? Until { get; init; }
    public string? LowestTier { get; init; }
    public int? CodeDays { get; init; }
}

/// <summary>A reward of the catalogue.</summary>
/// <param name="Redeemed">How many were given out and not cancelled.</param>
public sealed record RewardDetails(
    long Id, string Name, string? Description, long Price, long? Stock, DateOnly? From, DateOnly? Until, string? LowestTier, int? CodeDays,
        bool IsArchived, int Redeemed, long Version);

/// <summary>A reward for a customer.</summary>
/// <param name="Refusal">Why they cannot have it now, as a sentence with arguments; null where they can.</param>
public sealed record RewardOffer(RewardDetails Reward, FieldError? Refusal);

/// <summary>A reward that a customer got.</summary>
/// <param name="Points">What it cost.</param>
/// <param name="ExpiresAt">From when on its code is no longer good.</param>
public sealed record RedemptionDetails(
    long Id, string Code, RedemptionState State, long RewardId, string RewardName, long Points, long? CustomerId, string? CustomerName,
        DateTimeOffset At, DateTimeOffset? ExpiresAt, DateTimeOffset? EndedAt, string? EndedByName, bool IsOver);

/// <summary>Which redemptions are shown.</summary>
/// <param name="Search">A code, or how it begins.</param>
public sealed record RedemptionQuery(string? Search = null, RedemptionState? State = null, long? CustomerId = null);
