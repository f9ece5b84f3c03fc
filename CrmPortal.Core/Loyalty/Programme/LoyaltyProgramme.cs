using System.Text.Json;
using System.Text.Json.Serialization;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Loyalty;

public enum ProgrammeState { Draft, Active, Retired }

/// <summary>A version of the programme. Of all versions one is active; a draft can be changed until it becomes so.</summary>
[AuditName("LoyaltyProgramme")]
[OpenFields("State", "Name", "RulesJson", "CreatedAt", "CreatedByName", "ActivatedAt", "ActivatedByName")]
public sealed class LoyaltyProgramme : IAudited, IVersioned
{
    public const int NameLength = 100;

    private (string? Json, ProgrammeRules? Rules) _read;

    public long Id { get; internal init; }
    public ProgrammeState State { get; set; }

    /// <summary>What the version is called, such as <c>Winter 2026</c>.</summary>
    public required string Name { get; set; }

    /// <summary>JSON of <see cref="ProgrammeRules"/>.</summary>
    public required string RulesJson { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
    public string CreatedByName { get; init; } = "";
    public DateTimeOffset? ActivatedAt { get; set; }
    public string? ActivatedByName { get; set; }
    public long Version { get; set; }

    public ProgrammeRules Rules
    {
        get
        {
            // A booking asks many times; the rules of a version are read from their text once.
            if (!ReferenceEquals(_read.Json, RulesJson)) _read = (RulesJson, JsonSerializer.Deserialize<ProgrammeRules>(RulesJson, Json)!);
            return _read.Rules!;
        }
    }

    internal static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    internal static string Write(ProgrammeRules rules) => JsonSerializer.Serialize(rules, Json);
}

/// <summary>Why a customer came into a tier.</summary>
public enum TierCause { Automatic, Manual, ManualEnded, Downgrade, Merge }

/// <summary>A dated step of a customer from one tier to another. Steps are never changed.</summary>
[AuditName("TierChange")]
[OpenFields("CustomerId", "From", "To", "Cause", "Reason", "At", "Until", "ProgrammeId", "ActorName")]
public sealed class TierChange : ICustomerOwned
{
    public const int CodeLength = 20;
    public const int ReasonLength = 300;

    public long Id { get; internal init; }
    public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    public string? From { get; init; }
    public required string To { get; init; }
    public TierCause Cause { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>Of a tier that was given: the first instant at which it no longer holds; null where it holds until it is taken.</summary>
    public DateTimeOffset? Until { get; init; }

    public long? ProgrammeId { get; init; }
    public string ActorName { get; init; } = "";
}

public enum AdjustmentState { Waiting, Approved, Rejected, Withdrawn }

/// <summary>An adjustment above the limit of whoever asked for it, which a second person decides about.</summary>
[AuditName("AdjustmentRequest")]
[OpenFields("CustomerId", "Points", "Reason", "State", "AskedById", "AskedByName", "AskedAt", "DecidedById", "DecidedByName",
    "DecidedAt", "DecisionReason")]
public sealed class AdjustmentRequest : ICustomerOwned, IVersioned
{
    public long Id { get; internal init; }
    public long CustomerId { get; set; }
    public Customer? Customer { get; set; }
    public long Points { get; init; }
    public required string Reason { get; init; }
    public AdjustmentState State { get; set; }
    public long? AskedById { get; init; }
    public string AskedByName { get; init; } = "";
    public DateTimeOffset AskedAt { get; init; }
    public long? DecidedById { get; set; }
    public string? DecidedByName { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public string? DecisionReason { get; set; }

    /// <summary>Of the client that asked, so that a request that is sent again asks once.</summary>
    [NotAudited] public string? Key { get; init; }

    public long Version { get; set; }
}

/// <summary>Something that is given for points.</summary>
[AuditName("Reward")]
[OpenFields("Name", "Description", "Price", "Stock", "From", "Until", "LowestTier", "CodeDays", "IsArchived")]
public sealed class Reward : IAudited, IVersioned
{
    public const int NameLength = 100;
    public const int DescriptionLength = 1_000;

    public long Id { get; internal init; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public long Price { get; set; }

    /// <summary>How many are left; null where there is no end of them.</summary>
    public long? Stock { get; set; }

    public DateOnly? From { get; set; }

    /// <summary>The last day of the shop on which it can be had.</summary>
    public DateOnly? Until { get; set; }

    /// <summary>The lowest tier that may have it.</summary>
    public string? LowestTier { get; set; }

    /// <summary>Days within which its code is to be used; null is for ever.</summary>
    public int? CodeDays { get; set; }

    public bool IsArchived { get; set; }
    public long Version { get; set; }
}

public enum RedemptionState { Issued, Used, Cancelled }

/// <summary>A reward that a customer got, with the code by which it is handed out.</summary>
[AuditName("RewardRedemption")]
[OpenFields("CustomerId", "RewardId", "BookingId", "Code", "State", "At", "ExpiresAt", "EndedAt", "EndedByName")]
public sealed class RewardRedemption : ICustomerLinked, IVersioned
{
    public const int CodeLength = 20;

    public long Id { get; internal init; }
    public long? CustomerId { get; set; }
    public Customer? Customer { get; set; }
    public long RewardId { get; init; }
    public Reward? Reward { get; set; }
    public long BookingId { get; init; }
    public LoyaltyBooking? Booking { get; init; }
    public required string Code { get; init; }
    public RedemptionState State { get; set; }
    public DateTimeOffset At { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? EndedAt { get; set; }
    public string? EndedByName { get; set; }
    public long Version { get; set; }
}

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
