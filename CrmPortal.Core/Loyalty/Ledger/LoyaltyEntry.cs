namespace CrmPortal.Core.Loyalty;

/// <summary>What an entry of the ledger is.</summary>
public enum EntryKind { Earned, Redeemed, Adjusted, Expired, Reversed, WrittenOff }

/// <summary>Points that came or went. An entry is never changed and never removed; a mistake is reversed by another.</summary>
public sealed class LoyaltyEntry
{
    public long Id { get; internal init; }
    public long BookingId { get; internal init; }
    public LoyaltyBooking? Booking { get; init; }
    public long AccountId { get; internal init; }
    public LoyaltyAccount? Account { get; init; }
    public EntryKind Kind { get; init; }

    /// <summary>Signed.</summary>
    public long Points { get; init; }

    /// <summary>What the account held after it.</summary>
    public long BalanceAfter { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>The entry that this one reverses, in full or in part.</summary>
    public long? ReversesId { get; init; }

    public LoyaltyEntry? Reverses { get; init; }

    /// <summary>Of an expiry: the lot that expired.</summary>
    public long? ExpiredLotId { get; init; }
}
