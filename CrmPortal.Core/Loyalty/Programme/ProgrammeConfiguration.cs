using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Loyalty;

internal sealed class ProgrammeConfiguration : IEntityTypeConfiguration<LoyaltyProgramme>, IEntityTypeConfiguration<TierChange>,
    IEntityTypeConfiguration<AdjustmentRequest>,
    IEntityTypeConfiguration<Reward>, IEntityTypeConfiguration<RewardRedemption>
{
    public void Configure(EntityTypeBuilder<LoyaltyProgramme> builder)
    {
        builder.ToTable("LoyaltyProgrammes");
        builder.Ignore(p => p.Rules);
        builder.Property(p => p.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(p => p.Name).HasMaxLength(LoyaltyProgramme.NameLength);
        builder.Property(p => p.CreatedByName).HasMaxLength(200);
        builder.Property(p => p.ActivatedByName).HasMaxLength(200);
        builder.HasIndex(p => p.State).IsUnique().HasDatabaseName("IX_LoyaltyProgrammes_Active").HasFilter("\"State\" = 'Active'");
    }

    public void Configure(EntityTypeBuilder<TierChange> builder)
    {
        builder.ToTable("TierChanges");
        builder.Property(t => t.From).HasMaxLength(TierChange.CodeLength);
        builder.Property(t => t.To).HasMaxLength(TierChange.CodeLength);
        builder.Property(t => t.Cause).HasConversion<string>().HasMaxLength(12);
        builder.Property(t => t.Reason).HasMaxLength(TierChange.ReasonLength);
        builder.Property(t => t.ActorName).HasMaxLength(200);
        builder.HasOne(t => t.Customer).WithMany().HasForeignKey(t => t.CustomerId);
        builder.HasIndex(t => new { t.CustomerId, t.Id });
        builder.HasIndex(t => t.At);
    }

    public void Configure(EntityTypeBuilder<AdjustmentRequest> builder)
    {
        builder.ToTable("AdjustmentRequests");
        builder.Property(r => r.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(r => r.Reason).HasMaxLength(LoyaltyBooking.ReasonLength);
        builder.Property(r => r.DecisionReason).HasMaxLength(LoyaltyBooking.ReasonLength);
        builder.Property(r => r.AskedByName).HasMaxLength(200);
        builder.Property(r => r.DecidedByName).HasMaxLength(200);
        builder.HasOne(r => r.Customer).WithMany().HasForeignKey(r => r.CustomerId);
        builder.Property(r => r.Key).HasMaxLength(LoyaltyBooking.KeyLength);
        builder.HasIndex(r => r.Key).IsUnique();
        builder.HasIndex(r => new { r.State, r.Id });
        builder.HasIndex(r => r.CustomerId);
    }

    public void Configure(EntityTypeBuilder<Reward> builder)
    {
        builder.ToTable("Rewards");
        builder.Property(r => r.Name).HasMaxLength(Reward.NameLength);
        builder.Property(r => r.Description).HasMaxLength(Reward.DescriptionLength);
        builder.Property(r => r.LowestTier).HasMaxLength(TierChange.CodeLength);
    }

    public void Configure(EntityTypeBuilder<RewardRedemption> builder)
    {
        builder.ToTable("RewardRedemptions");
        builder.Property(r => r.Code).HasMaxLength(RewardRedemption.CodeLength);
        builder.Property(r => r.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(r => r.EndedByName).HasMaxLength(200);
        builder.HasOne(r => r.Customer).WithMany().HasForeignKey(r => r.CustomerId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne(r => r.Reward).WithMany().HasForeignKey(r => r.RewardId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(r => r.Booking).WithMany().HasForeignKey(r => r.BookingId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(r => r.Code).IsUnique();
        builder.HasIndex(r => new { r.CustomerId, r.Id });
        builder.HasIndex(r => new { r.RewardId, r.Id });
    }
}
