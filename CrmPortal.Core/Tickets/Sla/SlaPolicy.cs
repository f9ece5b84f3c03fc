using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>When support is there: the hours of each weekday with breaks, holidays, and days with hours of their own.</summary>
[AuditName("SupportCalendar", Label = "Business hours", PluralLabel = "Business hours")]
[OpenFields("Name", "HoursJson", "IsUsual")]
public sealed class SupportCalendar : IAudited, IVersioned
{
    public const int NameLength = 60;
    public const int HoursLength = 40_000;

    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>The form of <see cref="BusinessHours"/>.</summary>
    [AuditLabel("Business hours")] public required string HoursJson { get; set; }

    /// <summary>The hours of chat, and of policies that name no others.</summary>
    [AuditLabel("Usual hours")] public bool IsUsual { get; set; }

    [NotAudited] public long Version { get; set; }
}

/// <summary>Within which business time tickets of a kind are to be answered and solved. The first policy that fits a ticket
/// holds.</summary>
[AuditName("SlaPolicy", Label = "Service level", PluralLabel = "Service levels")]
[OpenFields("Name", "Position", "IsActive", "Priorities", "Queues", "Tiers", "NeedsPrioritySupport", "CalendarId", "FirstResponseMinutes",
    "NextResponseMinutes", "ResolutionMinutes", "WarnMinutes", "EscalateToId")]
public sealed class SlaPolicy : IAudited, IVersioned
{
    public const int NameLength = 60;
    public const int ListLength = 500;

    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }
    [AuditLabel("Position")] public int Position { get; set; }
    [AuditLabel("Active")] public bool IsActive { get; set; } = true;

    /// <summary>For tickets of these priorities, separated by blanks; empty for all.</summary>
    [AuditLabel("Priorities")] public string Priorities { get; set; } = "";

    /// <summary>For these queues, by their keys.</summary>
    [AuditLabel("Queues")] public string Queues { get; set; } = "";

    /// <summary>For customers of these tiers, by their codes.</summary>
    [AuditLabel("Tiers")] public string Tiers { get; set; } = "";

    /// <summary>For members of a group with priority support.</summary>
    [AuditLabel("Members of groups with priority support")] public bool NeedsPrioritySupport { get; set; }

    [AuditLabel("Business hours")] public long CalendarId { get; set; }
    public SupportCalendar? Calendar { get; private set; }

    /// <summary>Business minutes until the first answer; null for no target. The same for the two below.</summary>
    [AuditLabel("First response in minutes")] public int? FirstResponseMinutes { get; set; }

    [AuditLabel("Next response in minutes")] public int? NextResponseMinutes { get; set; }
    [AuditLabel("Resolution in minutes")] public int? ResolutionMinutes { get; set; }

    /// <summary>How many minutes before a target the agent is warned.</summary>
    [AuditLabel("Warning in minutes before")] public int WarnMinutes { get; set; } = 30;

    /// <summary>Who is told of a target that was missed, beside the agent.</summary>
    [AuditLabel("Escalated to")] public long? EscalateToId { get; set; }

    [NotAudited] public long Version { get; set; }
}

internal sealed class SlaConfiguration : IEntityTypeConfiguration<SupportCalendar>, IEntityTypeConfiguration<SlaPolicy>
{
    public void Configure(EntityTypeBuilder<SupportCalendar> builder)
    {
        builder.ToTable("SupportCalendars");
        builder.Property(c => c.Name).HasMaxLength(SupportCalendar.NameLength);
        builder.Property(c => c.HoursJson).HasMaxLength(SupportCalendar.HoursLength);
        builder.HasIndex(c => c.Name).IsUnique();
    }

    public void Configure(EntityTypeBuilder<SlaPolicy> builder)
    {
        builder.ToTable("SlaPolicies");
        builder.Property(p => p.Name).HasMaxLength(SlaPolicy.NameLength);
        builder.Property(p => p.Priorities).HasMaxLength(SlaPolicy.ListLength);
        builder.Property(p => p.Queues).HasMaxLength(SlaPolicy.ListLength);
        builder.Property(p => p.Tiers).HasMaxLength(SlaPolicy.ListLength);
        builder.HasOne(p => p.Calendar).WithMany().HasForeignKey(p => p.CalendarId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(p => p.Position);
    }
}
