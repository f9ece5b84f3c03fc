using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>What is done with a mail on the server once it has been taken.</summary>
public enum AfterTaking
{
    /// <summary>It is marked as read and stays.</summary>
    MarkSeen,

    /// <summary>It goes to another folder.</summary>
    Move,

    Delete,
}

/// <summary>A mailbox from which mails are fetched by IMAP.</summary>
[AuditName("IncomingMailbox", Label = "Mailbox", PluralLabel = "Mailboxes")]
[OpenFields("Name", "Host", "Port", "UseTls", "UserName", "Folder", "After", "MoveTo", "IsActive")]
public sealed class IncomingMailbox : IAudited, IVersioned
{
    public const int TextLength = 200;

    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }
    [AuditLabel("Server")] public required string Host { get; set; }
    [AuditLabel("Port")] public int Port { get; set; } = 993;

    /// <summary>Whether the connection is encrypted; without, it is for servers on the same machine.</summary>
    [AuditLabel("Encrypted connection")] public bool UseTls { get; set; } = true;

    [AuditLabel("User name")] public required string UserName { get; set; }

    /// <summary>Encrypted by the keys of the installation.</summary>
    [NotAudited] public string ProtectedPassword { get; set; } = "";

    [AuditLabel("Folder")] public string Folder { get; set; } = "INBOX";
    [AuditLabel("After taking")] public AfterTaking After { get; set; }

    /// <summary>The folder for mails that were taken.</summary>
    [AuditLabel("Move to")] public string? MoveTo { get; set; }

    [AuditLabel("Active")] public bool IsActive { get; set; } = true;

    /// <summary>When it was last looked into.</summary>
    [NotAudited] public DateTimeOffset? CheckedAt { get; set; }

    /// <summary>Why that failed; null where it did not.</summary>
    [NotAudited] public string? Failure { get; set; }

    /// <summary>The server's number for the folder as it is; another one means that the mails have other numbers.</summary>
    [NotAudited] public long UidValidity { get; set; }

    /// <summary>The number of the last mail that was taken.</summary>
    [NotAudited] public long LastUid { get; set; }

    /// <summary>Which node looks into it, and until when nobody else does.</summary>
    [NotAudited] public string? LeasedBy { get; set; }

    [NotAudited] public DateTimeOffset? LeasedUntil { get; set; }
    [NotAudited] public long Version { get; set; }
}

internal sealed class IncomingMailboxConfiguration : IEntityTypeConfiguration<IncomingMailbox>
{
    public void Configure(EntityTypeBuilder<IncomingMailbox> builder)
    {
        builder.ToTable("IncomingMailboxes");
        builder.Property(m => m.Name).HasMaxLength(ReceivedMail.MailboxLength);
        builder.Property(m => m.Host).HasMaxLength(IncomingMailbox.TextLength);
        builder.Property(m => m.UserName).HasMaxLength(IncomingMailbox.TextLength);
        builder.Property(m => m.ProtectedPassword).HasMaxLength(2_000);
        builder.Property(m => m.Folder).HasMaxLength(IncomingMailbox.TextLength);
        builder.Property(m => m.MoveTo).HasMaxLength(IncomingMailbox.TextLength);
        builder.Property(m => m.After).HasConversion<string>().HasMaxLength(10);
        builder.Property(m => m.Failure).HasMaxLength(500);
        builder.Property(m => m.LeasedBy).HasMaxLength(60);
        builder.HasIndex(m => m.Name).IsUnique();
    }
}
