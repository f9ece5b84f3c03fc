using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Mail;

/// <summary>
/// A mail that waits to be sent; it is sent after the transaction that wrote it, and tried again when the server is down.
/// </summary>
public sealed class OutgoingMail
{
    public const int LongestMessageId = 400;
    public const int LongestReferences = 4_000;

    public long Id { get; private set; }

    /// <summary>The <c>Message-ID</c>, given once, so that a mail that is sent twice is recognised.</summary>
    public required string MessageId { get; set; }

    public required string To { get; set; }
    public required string Subject { get; set; }
    public required string Text { get; set; }

    /// <summary>The same for readers who see formatting; null where the text stands alone.</summary>
    public string? Html { get; init; }

    /// <summary>The address and name that it bears instead of the shop's own, as <c>Name &lt;address&gt;</c>.</summary>
    public string? From { get; init; }

    /// <summary>The mail that it answers, without angle brackets.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>The mails of the conversation, separated by blanks.</summary>
    public string? References { get; init; }

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
        builder.Property(m => m.From).HasMaxLength(500);
        builder.Property(m => m.InReplyTo).HasMaxLength(OutgoingMail.LongestMessageId);
        builder.Property(m => m.References).HasMaxLength(OutgoingMail.LongestReferences);
        // A bounce names the mail that came back.
        builder.HasIndex(m => m.MessageId);
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
