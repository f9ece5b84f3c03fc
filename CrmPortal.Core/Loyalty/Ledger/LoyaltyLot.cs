namespace CrmPortal.Core.Loyalty;

/// <summary>The points of one positive entry and what is left of them. The soonest to expire are spent first.</summary>
public sealed class LoyaltyLot
{
    public long Id { get; internal init; }
    public long AccountId { get; internal init; }
    public LoyaltyAccount? Account { get; init; }
    public long EntryId { get; internal init; }
    public LoyaltyEntry? Entry { get; init; }
    public long Points { get; init; }
    public long Remaining { get; internal set; }

    /// <summary>From when on the points can be spent; until then they are pending.</summary>
    public DateTimeOffset UsableAt { get; init; }

    /// <summary>From when on they cannot be spent any more; null where they never expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>What an entry took from a lot, or gave back to it (negative).</summary>
public sealed class LoyaltyLotUse
{
    public long Id { get; internal init; }
    public long LotId { get; internal init; }
    public LoyaltyLot? Lot { get; init; }
    public long EntryId { get; internal init; }
    public LoyaltyEntry? Entry { get; init; }
    public long Points { get; init; }
}
