using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Consents;

/// <summary>What a customer agrees to.</summary>
public enum ConsentPurpose { Marketing, Profiling, DataSharing, Terms }

/// <summary>What an entry says: asked for and not yet confirmed, given, or withdrawn.</summary>
public enum ConsentState { Requested, Granted, Withdrawn }

/// <summary>How an entry came about.</summary>
public enum ConsentSource { Staff, PreferencePage, ConfirmedLink, Import, Api, Merge }

/// <summary>A wording that customers agreed to; a changed text is a new version, and the old one stays.</summary>
[AuditName("ConsentWording", Label = "Consent wording")]
[OpenFields("Purpose", "Language", "Number", "Text", "Hash", "CreatedAt")]
public sealed class ConsentWording : IAudited
{
    public const int TextLength = 4_000;

    public long Id { get; internal init; }
    [AuditLabel("Purpose")] public ConsentPurpose Purpose { get; init; }

    /// <summary>BCP 47.</summary>
    [AuditLabel("Language")] public required string Language { get; init; }

    /// <summary>Counted from 1 for each purpose and language.</summary>
    [AuditLabel("Number")] public int Number { get; init; }

    [AuditLabel("Text")] public required string Text { get; init; }

    /// <summary>SHA-256 of the text in UTF-8, as hexadecimal digits.</summary>
    [AuditLabel("Fingerprint")] public required string Hash { get; init; }

    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>
/// An entry of the ledger of consents: never changed, never removed while the person is known. The newest entry of a purpose and
/// a channel is what holds; merge and undo add entries or move them to the survivor.
/// </summary>
[AuditName("Consent", Label = "Consent", PluralLabel = "Consents")]
[OpenFields("CustomerId", "Purpose", "Channel", "State", "Source", "WordingId", "At", "ActorId", "ActorName", "IpAddress", "UserAgent",
    "Form")]
public sealed class Consent : ICustomerOwned
{
    public const int FormLength = 100;
    public const int AgentLength = 300;

    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("Purpose")] public ConsentPurpose Purpose { get; init; }
    [AuditLabel("Channel")] public Channel Channel { get; init; }
    [AuditLabel("Status")] public ConsentState State { get; init; }
    [AuditLabel("Source")] public ConsentSource Source { get; init; }
    [AuditLabel("Consent wording")] public long? WordingId { get; init; }
    public ConsentWording? Wording { get; init; }
    [AuditLabel("When")] public DateTimeOffset At { get; init; }
    [AuditLabel("By")] public long? ActorId { get; init; }
    [AuditLabel("By")] public string ActorName { get; init; } = "";

    /// <summary>The evidence: from where, with which program, by which form.</summary>
    [AuditLabel("IP address")] public string? IpAddress { get; init; }

    [AuditLabel("Browser")] public string? UserAgent { get; init; }
    [AuditLabel("Form")] public string? Form { get; init; }
}

internal sealed class ConsentConfiguration : IEntityTypeConfiguration<Consent>, IEntityTypeConfiguration<ConsentWording>
{
    public void Configure(EntityTypeBuilder<Consent> builder)
    {
        builder.ToTable("Consents");
        builder.Property(c => c.Purpose).HasConversion<string>().HasMaxLength(12);
        builder.Property(c => c.Channel).HasConversion<string>().HasMaxLength(10);
        builder.Property(c => c.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(c => c.Source).HasConversion<string>().HasMaxLength(16);
        builder.Property(c => c.ActorName).HasMaxLength(200);
        builder.Property(c => c.IpAddress).HasMaxLength(45);
        builder.Property(c => c.UserAgent).HasMaxLength(Consent.AgentLength);
        builder.Property(c => c.Form).HasMaxLength(Consent.FormLength);
        builder.HasOne<Customer>().WithMany().HasForeignKey(c => c.CustomerId);
        builder.HasOne(c => c.Wording).WithMany().HasForeignKey(c => c.WordingId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(c => new { c.CustomerId, c.Id });
        builder.HasIndex(c => new { c.CustomerId, c.At, c.Id });
    }

    public void Configure(EntityTypeBuilder<ConsentWording> builder)
    {
        builder.ToTable("ConsentWordings");
        builder.Property(w => w.Purpose).HasConversion<string>().HasMaxLength(12);
        builder.Property(w => w.Language).HasMaxLength(10);
        builder.Property(w => w.Text).HasMaxLength(ConsentWording.TextLength);
        builder.Property(w => w.Hash).HasMaxLength(64);
        builder.HasIndex(w => new { w.Purpose, w.Language, w.Number }).IsUnique();
    }
}
