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
}

internal sealed class OutgoingMailConfiguration : IEntityTypeConfiguration<OutgoingMail>
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
}
