using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Reports;

/// <summary>A report with its choices under a name; where it has a frequency it is made, kept and mailed by itself.</summary>
[AuditName("SavedReport", Label = "Saved report")]
[OpenFields("Name", "NameKey", "Report", "Choice", "Frequency", "Day", "Format", "RecipientIds", "NextOn", "CreatedAt", "CreatedByName")]
public sealed class SavedReport : IAudited, IVersioned
{
    public const int NameLength = 80;

    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>The name in lower case, unique.</summary>
    [AuditLabel("Name for comparison")] public required string NameKey { get; set; }

    /// <summary>The name of its kind.</summary>
    [AuditLabel("Report")] public required string Report { get; init; }

    /// <summary>What was chosen, as <see cref="ReportChoice"/> writes it.</summary>
    [AuditLabel("Selection")] public required string Choice { get; set; }

    [AuditLabel("Frequency")] public ReportFrequency Frequency { get; set; }

    /// <summary>Weekly, the day of the week, 1 for Monday to 7; monthly, the day of the month, 1 to 28; 0 otherwise.</summary>
    [AuditLabel("Day")] public int Day { get; set; }

    /// <summary>In which form it is attached to the mails; null for a link alone.</summary>
    [AuditLabel("Format")] public string? Format { get; set; }

    /// <summary>The shop's day on whose morning it is made next.</summary>
    [AuditLabel("Next date")] public DateOnly? NextOn { get; set; }

    /// <summary>The users to whom it is mailed.</summary>
    [AuditLabel("Recipients")] public List<long> RecipientIds { get; set; } = [];

    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }
    [AuditLabel("Created by")] public required string CreatedByName { get; init; }
    [NotAudited] public long Version { get; set; }
}

/// <summary>The figures of a report as they were.</summary>
public sealed class ReportRun
{
    public long Id { get; internal init; }

    /// <summary>The saved report from which they were made; null where somebody kept what they saw.</summary>
    public long? SavedReportId { get; init; }

    /// <summary>The name of its kind.</summary>
    public required string Report { get; init; }

    /// <summary>The name of the saved report at that time.</summary>
    public string? Heading { get; init; }

    public required string Choice { get; init; }
    public DateOnly? From { get; init; }
    public DateOnly? Until { get; init; }
    public ReportGrouping? By { get; init; }
    public DateTimeOffset MadeAt { get; init; }
    public required string MadeByName { get; init; }
    public required string Zone { get; init; }
    public required string Currency { get; init; }

    /// <summary>The figures, as <see cref="ReportText"/> writes them.</summary>
    public required string Content { get; init; }
}

internal sealed class ReportConfiguration : IEntityTypeConfiguration<SavedReport>, IEntityTypeConfiguration<ReportRun>
{
    private const int NameOfKind = 40;
    private const int NameOfPerson = 200;

    public void Configure(EntityTypeBuilder<SavedReport> builder)
    {
        builder.ToTable("SavedReports");
        builder.Property(r => r.Name).HasMaxLength(SavedReport.NameLength);
        builder.Property(r => r.NameKey).HasMaxLength(SavedReport.NameLength);
        builder.Property(r => r.Report).HasMaxLength(NameOfKind);
        builder.Property(r => r.Choice).HasMaxLength(ReportChoice.TextLength);
        builder.Property(r => r.Frequency).HasConversion<string>().HasMaxLength(10);
        builder.Property(r => r.Format).HasMaxLength(10);
        builder.Property(r => r.CreatedByName).HasMaxLength(NameOfPerson);
        builder.HasIndex(r => r.NameKey).IsUnique();
        builder.HasIndex(r => r.NextOn).HasFilter("\"NextOn\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<ReportRun> builder)
    {
        builder.ToTable("ReportRuns");
        builder.Property(r => r.Report).HasMaxLength(NameOfKind);
        builder.Property(r => r.Heading).HasMaxLength(SavedReport.NameLength);
        builder.Property(r => r.Choice).HasMaxLength(ReportChoice.TextLength);
        builder.Property(r => r.By).HasConversion<string>().HasMaxLength(10);
        builder.Property(r => r.MadeByName).HasMaxLength(NameOfPerson);
        builder.Property(r => r.Zone).HasMaxLength(60);
        builder.Property(r => r.Currency).HasMaxLength(3);
        // No foreign key: the report that they came from may go, and may come back by an undo.
        builder.HasIndex(r => new { r.SavedReportId, r.Id });
    }
}
