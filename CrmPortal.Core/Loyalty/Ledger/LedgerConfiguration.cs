using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Loyalty;

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
