using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

public enum TicketMessageKind
{
    /// <summary>Of the customer, or whoever writes for them.</summary>
    Incoming,

    /// <summary>To the customer.</summary>
    Reply,

    /// <summary>Among staff.</summary>
    Internal,

    /// <summary>What the program notes in the conversation, such as goodwill; for staff.</summary>
    Notice,
}

/// <summary>What became of a reply.</summary>
public enum TicketDelivery
{
    /// <summary>Nothing is to be delivered.</summary>
    None,

    /// <summary>It leaves when its time has come; until then it can be taken back.</summary>
    Scheduled,

    /// <summary>It has left this program; the mail server has it, or is about to.</summary>
    Sent,

    /// <summary>It did not arrive; the failure says why.</summary>
    Failed,
}

/// <summary>
/// A message of a ticket. It is never changed: what is stored of it is its own history. One that has not left can be taken back.
/// </summary>
public sealed class TicketMessage
{
    public const int TextLength = 200_000;
    public const int SearchLength = 20_000;
    public const int MessageIdLength = 400;
    public const int FailureLength = 300;
    public const int MostFiles = 20;

    public long Id { get; internal init; }
    public long TicketId { get; set; }
    public Ticket? Ticket { get; internal set; }
    public TicketMessageKind Kind { get; init; }

    /// <summary>When it was written; of one that leaves later, when it leaves.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>The member of staff; null for the customer and the program.</summary>
    public long? AuthorId { get; init; }

    public string AuthorName { get; init; } = "";

    /// <summary>From where it came; null for staff.</summary>
    public string? AuthorEmail { get; init; }

    /// <summary>Of staff Markdown, of customers plain text.</summary>
    public required string Text { get; init; }

    /// <summary>What a mail quotes of earlier ones; folded on screens.</summary>
    public string? Quoted { get; init; }

    /// <summary>The mail as its writer formatted it, without anything that runs or loads; null for other messages.</summary>
    public string? Html { get; init; }

    /// <summary>Whether pictures of the mail lie on other servers, which are only asked when somebody wants to see them.</summary>
    public bool HasRemotePictures { get; init; }

    /// <summary>To whom a reply goes.</summary>
    public string? Recipient { get; set; }

    /// <summary>The <c>Message-ID</c> of the mail, without the angle brackets; unique, so that one mail is taken once.</summary>
    public string? MessageId { get; set; }

    public TicketDelivery Delivery { get; set; }

    /// <summary>Why it did not arrive.</summary>
    public string? Failure { get; set; }

    /// <summary>The raw mail, in the store of documents.</summary>
    public string? RawStoredName { get; init; }

    public string? RawWrappedKey { get; init; }

    /// <summary>The words of the message, and of the ticket in its first one, folded for the search.</summary>
    public string SearchText { get; set; } = "";

    public List<TicketFile> Files { get; } = [];
}

/// <summary>A file that came or went with a message; its content lies encrypted in the store of documents.</summary>
public sealed class TicketFile
{
    public const int NameLength = 200;
    public const int TypeLength = 100;

    public long Id { get; internal init; }
    public long TicketId { get; set; }
    public long? MessageId { get; set; }
    public required string Name { get; init; }
    public required string ContentType { get; init; }

    /// <summary>In bytes.</summary>
    public long Size { get; init; }

    public required string StoredName { get; init; }
    public required string WrappedKey { get; init; }

    /// <summary>By which the text of a mail shows a picture; null for what is only attached.</summary>
    public string? ContentId { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>Who uploaded it; until it is sent it is theirs alone.</summary>
    public long? UserId { get; init; }
}

internal sealed class TicketMessageConfiguration : IEntityTypeConfiguration<TicketMessage>, IEntityTypeConfiguration<TicketFile>
{
    public void Configure(EntityTypeBuilder<TicketMessage> builder)
    {
        builder.ToTable("TicketMessages");
        builder.Property(m => m.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(m => m.Delivery).HasConversion<string>().HasMaxLength(10);
        builder.Property(m => m.AuthorName).HasMaxLength(Ticket.NameLength);
        builder.Property(m => m.AuthorEmail).HasMaxLength(TextRules.EmailLength);
        builder.Property(m => m.Recipient).HasMaxLength(TextRules.EmailLength);
        builder.Property(m => m.MessageId).HasMaxLength(TicketMessage.MessageIdLength);
        builder.Property(m => m.Failure).HasMaxLength(TicketMessage.FailureLength);
        builder.Property(m => m.RawStoredName).HasMaxLength(64);
        builder.HasOne(m => m.Ticket).WithMany(t => t.Messages).HasForeignKey(m => m.TicketId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(m => new { m.TicketId, m.Id });
        builder.HasIndex(m => m.MessageId).IsUnique();
        builder.HasIndex(m => new { m.Kind, m.At });
        builder.HasIndex(m => m.At).HasDatabaseName("IX_TicketMessages_Due").HasFilter("\"Delivery\" = 'Scheduled'");
    }

    public void Configure(EntityTypeBuilder<TicketFile> builder)
    {
        builder.ToTable("TicketFiles");
        builder.Property(f => f.Name).HasMaxLength(TicketFile.NameLength);
        builder.Property(f => f.ContentType).HasMaxLength(TicketFile.TypeLength);
        builder.Property(f => f.StoredName).HasMaxLength(64);
        builder.Property(f => f.ContentId).HasMaxLength(TicketMessage.MessageIdLength);
        builder.HasOne<Ticket>().WithMany().HasForeignKey(f => f.TicketId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<TicketMessage>().WithMany(m => m.Files).HasForeignKey(f => f.MessageId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(f => f.TicketId);
        builder.HasIndex(f => f.MessageId);
        // What was uploaded and never sent is removed after a day.
        builder.HasIndex(f => f.At).HasDatabaseName("IX_TicketFiles_Unsent").HasFilter("\"MessageId\" IS NULL");
    }
}
