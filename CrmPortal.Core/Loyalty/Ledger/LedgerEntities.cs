using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Loyalty;

/// <summary>What an entry of the ledger is.</summary>
public enum EntryKind { Earned, Redeemed, Adjusted, Expired, Reversed, WrittenOff }

/// <summary>
/// Where a customer's points are kept. Entries and lots belong to it for ever; a merge gives the account to another customer, who
/// then has several, and an erasure leaves it without one.
/// </summary>
[AuditName("LoyaltyAccount")]
[OpenFields("CustomerId", "OpenedForId", "OpenedAt", "Balance", "Debt")]
public sealed class LoyaltyAccount
{
    public long Id { get; internal init; }
    public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }
    /// <summary>
    /// Whose it was at first: what they earn is booked here, so that a merge that is taken back gives each what is theirs.
    /// </summary>
    public long OpenedForId { get; init; }

    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>The sum of all entries, which is what is left in the lots less the debt.</summary>
    public long Balance { get; internal set; }

    /// <summary>Points that were taken back when they had been spent already; the next points pay it first.</summary>
    public long Debt { get; internal set; }
}

/// <summary>What was booked in one go: one or more entries that stand or fall together.</summary>
[AuditName("LoyaltyBooking")]
[OpenFields("Key", "Fingerprint", "At", "ActorId", "ActorName", "Reason", "OrderId", "Reference", "RefundId", "ProgrammeId",
    "ChangeSetId")]
public sealed class LoyaltyBooking
{
    public const int KeyLength = 160;
    public const int ReasonLength = 300;
    public const int ReferenceLength = 100;

    public long Id { get; internal init; }

    /// <summary>What makes a repetition known; unique. Null where nothing can be repeated.</summary>
    public string? Key { get; init; }

    /// <summary>What was asked for under the key, so that another request under it is refused.</summary>
    public string? Fingerprint { get; init; }

    public DateTimeOffset At { get; init; }
    public long? ActorId { get; init; }
    public string ActorName { get; init; } = "";

    /// <summary>Why, in the words of whoever booked it or as a key of the texts on screens.</summary>
    public required string Reason { get; init; }

    /// <summary>The order that it is about.</summary>
    public long? OrderId { get; init; }

    public Order? Order { get; set; }

    /// <summary>The order's number in a system that sends us none of its orders.</summary>
    public string? Reference { get; init; }

    public long? RefundId { get; init; }

    /// <summary>The version of the programme by whose rules the points were reckoned.</summary>
    public long? ProgrammeId { get; init; }

    /// <summary>JSON of <see cref="PointShare"/>s: what each line of the order counted for its points, by which a refund takes them
    /// back.</summary>
    public string? Shares { get; init; }

    /// <summary>The change set that took part in it, which leads to who did it from where.</summary>
    public long? ChangeSetId { get; internal set; }

    public List<LoyaltyEntry> Entries { get; } = [];
}

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

    /// <summary>The entry that this one reverses, wholly or in part.</summary>
    public long? ReversesId { get; init; }

    public LoyaltyEntry? Reverses { get; init; }

    /// <summary>Of an expiry: the lot that ran out.</summary>
    public long? ExpiredLotId { get; init; }
}

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

internal sealed class LedgerConfiguration : IEntityTypeConfiguration<LoyaltyAccount>, IEntityTypeConfiguration<LoyaltyBooking>,
    IEntityTypeConfiguration<LoyaltyEntry>,
    IEntityTypeConfiguration<LoyaltyLot>, IEntityTypeConfiguration<LoyaltyLotUse>
{
    public void Configure(EntityTypeBuilder<LoyaltyAccount> builder)
    {
        builder.ToTable("LoyaltyAccounts");
        builder.HasOne(a => a.Customer).WithMany().HasForeignKey(a => a.CustomerId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(a => a.CustomerId);
    }

    public void Configure(EntityTypeBuilder<LoyaltyBooking> builder)
    {
        builder.ToTable("LoyaltyBookings");
        builder.Property(b => b.Key).HasMaxLength(LoyaltyBooking.KeyLength);
        builder.Property(b => b.Fingerprint).HasMaxLength(64);
        builder.Property(b => b.ActorName).HasMaxLength(200);
        builder.Property(b => b.Reason).HasMaxLength(LoyaltyBooking.ReasonLength);
        builder.Property(b => b.Reference).HasMaxLength(LoyaltyBooking.ReferenceLength);
        // Entries are for ever; an order that is removed leaves them as they are.
        builder.HasOne(b => b.Order).WithMany().HasForeignKey(b => b.OrderId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(b => b.Key).IsUnique().HasFilter("\"Key\" IS NOT NULL");
        builder.HasIndex(b => b.OrderId).HasFilter("\"OrderId\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<LoyaltyEntry> builder)
    {
        builder.ToTable("LoyaltyEntries");
        builder.Property(e => e.Kind).HasConversion<string>().HasMaxLength(10);
        builder.HasOne(e => e.Booking).WithMany(b => b.Entries).HasForeignKey(e => e.BookingId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(e => e.Account).WithMany().HasForeignKey(e => e.AccountId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(e => e.Reverses).WithMany().HasForeignKey(e => e.ReversesId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(e => new { e.AccountId, e.Id });
        builder.HasIndex(e => new { e.AccountId, e.At, e.Id });
        builder.HasIndex(e => e.BookingId);
        builder.HasIndex(e => e.ReversesId).HasFilter("\"ReversesId\" IS NOT NULL");
        builder.HasIndex(e => new { e.Kind, e.At });
    }

    public void Configure(EntityTypeBuilder<LoyaltyLot> builder)
    {
        builder.ToTable("LoyaltyLots");
        builder.HasOne(l => l.Account).WithMany().HasForeignKey(l => l.AccountId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(l => l.Entry).WithMany().HasForeignKey(l => l.EntryId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(l => new { l.AccountId, l.ExpiresAt }).HasDatabaseName("IX_LoyaltyLots_Open").HasFilter("\"Remaining\" > 0");
        builder.HasIndex(l => new { l.ExpiresAt, l.AccountId }).HasDatabaseName("IX_LoyaltyLots_Expiry").HasFilter("\"Remaining\" > 0");
        builder.HasIndex(l => l.EntryId);
    }

    public void Configure(EntityTypeBuilder<LoyaltyLotUse> builder)
    {
        builder.ToTable("LoyaltyLotUses");
        builder.HasOne(u => u.Lot).WithMany().HasForeignKey(u => u.LotId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(u => u.Entry).WithMany().HasForeignKey(u => u.EntryId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(u => u.EntryId);
        builder.HasIndex(u => u.LotId);
    }
}
