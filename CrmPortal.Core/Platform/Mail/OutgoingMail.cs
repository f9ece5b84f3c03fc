using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Mail;

/// <summary>
/// A mail that waits to be sent; it is sent after the transaction that wrote it, and tried again when the server is down.
/// </summary>
public sealed class OutgoingMail
{
    public long Id { get; private set; }

    /// <summary>The <c>Message-ID</c>, given once, so that a mail that is sent twice is recognised.</summary>
    public required string MessageId { get; set; }

    public required string To { get; set; }
    public required string Subject { get; set; }
    public required string Text { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset DueAt { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>Why the last attempt failed, or why the mail was given up.</summary>
    public string? Failure { get; set; }

    /// <summary>What is attached; gone once the mail was sent or given up.</summary>
    public List<OutgoingMailFile> Files { get; } = [];
}

/// <summary>A file that goes along with a mail.</summary>
public sealed class OutgoingMailFile
{
    public long Id { get; private set; }
    public long MailId { get; private set; }
    public required string Name { get; init; }

    /// <summary>Such as <c>application/pdf</c>.</summary>
    public required string ContentType { get; init; }

    public required byte[] Content { get; init; }
}

internal sealed class OutgoingMailConfiguration : IEntityTypeConfiguration<OutgoingMail>, IEntityTypeConfiguration<OutgoingMailFile>
{
    public void Configure(EntityTypeBuilder<OutgoingMail> builder)
    {
        builder.ToTable("OutgoingMails");
        builder.Property(m => m.MessageId).HasMaxLength(200);
        builder.Property(m => m.To).HasMaxLength(254);
        builder.Property(m => m.Subject).HasMaxLength(300);
        builder.Property(m => m.Failure).HasMaxLength(500);
        builder.HasIndex(m => m.DueAt).HasFilter("\"SentAt\" IS NULL");
    }

    public void Configure(EntityTypeBuilder<OutgoingMailFile> builder)
    {
        builder.ToTable("OutgoingMailFiles");
        builder.Property(f => f.Name).HasMaxLength(100);
        builder.Property(f => f.ContentType).HasMaxLength(100);
        builder.HasOne<OutgoingMail>().WithMany(m => m.Files).HasForeignKey(f => f.MailId);
    }
}
