namespace CrmPortal.Core.Loyalty;

/// <summary>What a customer has.</summary>
/// <param name="Current">Points that can be spent; negative where more was reversed than was left.</param>
/// <param name="Pending">Points that can be spent later.</param>
/// <param name="Lifetime">All that was ever earned or added, less what was reversed of it.</param>
/// <param name="ExpiringSoon">Points that expire within 30 days.</param>
/// <param name="ExpiringAt">The first instant at which the earliest of them cannot be spent any more.</param>
public sealed record LoyaltyBalance(long CustomerId, long Current, long Pending, long Lifetime, long ExpiringSoon,
    DateTimeOffset? ExpiringAt, string? Tier);

/// <summary>The two figures of a balance that one looks at first.</summary>
/// <param name="Current">Points that can be spent; negative where more was reversed than was left.</param>
/// <param name="ExpiringSoon">Points that expire within 30 days.</param>
/// <param name="NextExpiryAt">When the first of those expire; null where none do.</param>
public sealed record PointsGlance(long Current, long ExpiringSoon, DateTimeOffset? NextExpiryAt = null);

/// <summary>A line of the ledger.</summary>
/// <param name="Balance">What all entries of the customer up to this one add up to.</param>
/// <param name="ExpiresAt">Of points that came: when they expire.</param>
/// <param name="Remaining">Of points that came: what is left of them.</param>
/// <param name="MayReverse">Whether it is a booking that can be reversed and has not been in full.</param>
public sealed record LedgerLine(
    long Id, long BookingId, EntryKind Kind, long Points, long Balance, DateTimeOffset At, string Reason, string ActorName, long? OrderId,
        string? OrderName, string? Reference,
    long? ReversesId, long? ProgrammeId, DateTimeOffset? UsableAt, DateTimeOffset? ExpiresAt, long? Remaining, bool MayReverse,
        IReadOnlyList<LotTaken> Lots);

/// <summary>What an entry took from a lot, or gave back to it (negative).</summary>
/// <param name="EntryId">The entry that opened the lot.</param>
public sealed record LotTaken(long LotId, long EntryId, DateTimeOffset OpenedAt, DateTimeOffset? ExpiresAt, long Points);

/// <summary>Which entries of a customer are shown.</summary>
/// <param name="From">The first day of the shop.</param>
/// <param name="Until">The last day of the shop.</param>
public sealed record LedgerQuery(EntryKind? Kind = null, DateOnly? From = null, DateOnly? Until = null);

/// <summary>Points to be added for a purchase or as thanks.</summary>
public sealed record EarnInput
{
    public long CustomerId { get; init; }
    public long Points { get; init; }
    public string? Reason { get; init; }

    /// <summary>The order's number in another system; each order earns once.</summary>
    public string? Order { get; init; }

    /// <summary>Days until they expire; without, as the programme says.</summary>
    public int? ExpiryDays { get; init; }
}

public sealed record RedeemInput
{
    public long CustomerId { get; init; }
    public long Points { get; init; }
    public string? Reason { get; init; }

    /// <summary>The order's number in another system.</summary>
    public string? Order { get; init; }
}

/// <summary>Points to be added or, negative, taken, with the reason.</summary>
public sealed record AdjustInput
{
    public long CustomerId { get; init; }
    public long Points { get; init; }
    public string? Reason { get; init; }
}

/// <summary>What was booked.</summary>
/// <param name="Points">The sum of the booking's entries, without points that expired at the same time.</param>
/// <param name="BalanceAfter">What the customer's entries added up to after it.</param>
/// <param name="IsRepeat">Whether it had been booked before under the same key.</param>
public sealed record BookingResult(long BookingId, long EntryId, long CustomerId, EntryKind Kind, long Points, string Reason,
    string? Reference, DateTimeOffset At, DateTimeOffset? ExpiresAt, long BalanceAfter, bool IsRepeat);

/// <summary>An adjustment: booked, or waiting for a second person.</summary>
public sealed record AdjustmentResult(BookingResult? Booked, AdjustmentDetails? Request);

public sealed record AdjustmentDetails(
    long Id, long CustomerId, string CustomerName, long Points, string Reason, AdjustmentState State, long? AskedById, string AskedByName,
        DateTimeOffset AskedAt, string? DecidedByName, DateTimeOffset? DecidedAt,
    string? DecisionReason, bool MayDecide, bool MayWithdraw);
