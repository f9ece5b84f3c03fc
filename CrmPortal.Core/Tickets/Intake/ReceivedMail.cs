using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>What became of a mail that came in.</summary>
public enum IntakeOutcome
{
    /// <summary>It began a ticket.</summary>
    NewTicket,

    /// <summary>It went on with one.</summary>
    Reply,

    /// <summary>A program answered; set aside, and noted in the ticket that it answers.</summary>
    AutoReply,

    /// <summary>One of our mails did not arrive.</summary>
    Bounce,

    /// <summary>One of our mails has not arrived yet.</summary>
    Delay,

    /// <summary>Sent to many; set aside.</summary>
    List,

    /// <summary>One of our own mails that came back; set aside.</summary>
    Loop,
}

/// <summary>
/// A mail that was taken. Its key says that it was, so that a mail that is handed over again, after a crash or by another way, is known.
/// What was set aside is kept to be looked at.
/// </summary>
public sealed class ReceivedMail
{
    public const int KeyLength = 64;
    public const int MailboxLength = 100;

    public long Id { get; internal init; }

    /// <summary>A hash of what makes the mail itself: its id, its writer, its date and its words. Unique.</summary>
    public required string Key { get; init; }

    public DateTimeOffset At { get; init; }
    public IntakeOutcome Outcome { get; set; }

    /// <summary>By which way it came, such as the name of a mailbox.</summary>
    public required string Mailbox { get; init; }

    public string? Sender { get; init; }
    public string Subject { get; init; } = "";
    public long? TicketId { get; set; }

    /// <summary>The raw mail where it was set aside; that of a ticket is kept with the message.</summary>
    public string? StoredName { get; set; }

    public string? WrappedKey { get; set; }
}

internal sealed class ReceivedMailConfiguration : IEntityTypeConfiguration<ReceivedMail>
{
    public void Configure(EntityTypeBuilder<ReceivedMail> builder)
    {
        builder.ToTable("ReceivedMails");
        builder.Property(m => m.Key).HasMaxLength(ReceivedMail.KeyLength);
        builder.Property(m => m.Outcome).HasConversion<string>().HasMaxLength(10);
        builder.Property(m => m.Mailbox).HasMaxLength(ReceivedMail.MailboxLength);
        builder.Property(m => m.Sender).HasMaxLength(TextRules.EmailLength);
        builder.Property(m => m.Subject).HasMaxLength(Ticket.SubjectLength);
        builder.Property(m => m.StoredName).HasMaxLength(64);
        builder.HasOne<Ticket>().WithMany().HasForeignKey(m => m.TicketId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(m => m.Key).IsUnique();
        builder.HasIndex(m => m.TicketId);
        builder.HasIndex(m => new { m.At, m.Id });
        builder.HasIndex(m => m.Sender);
    }
}
