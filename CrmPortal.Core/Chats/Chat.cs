using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Chats;

/// <summary>Where a chat stands.</summary>
public enum ChatState
{
    /// <summary>Nobody has taken it yet.</summary>
    Waiting,
    Active,
    Ended,

    /// <summary>Nobody took it in time, or nobody was there; it went on as a ticket.</summary>
    Missed,
}

/// <summary>A talk with a visitor of a web site. What is said in it is its own history; only whom it belongs to is audited.</summary>
[AuditName("Chat", Label = "Chat", PluralLabel = "Chats", Permission = Permissions.ChatWork)]
[OpenFields("CustomerId")]
public sealed class Chat : ICustomerLinked
{
    public const int NameLength = 200;
    public const int PageLength = 500;
    public const int LanguageLength = 10;
    public const int KeyLength = 64;
    public const int CommentLength = 2_000;

    /// <summary>There are no more messages in one chat than this.</summary>
    public const int MostMessages = 2_000;

    public long Id { get; internal init; }

    /// <summary>Null while nobody knows who writes.</summary>
    [AuditLabel("Customer")] public long? CustomerId { get; set; }

    public Customer? Customer { get; private set; }

    /// <summary>Whether the site said who it is and signed that; otherwise the visitor merely typed an address.</summary>
    [NotAudited] public bool IsIdentified { get; set; }

    [NotAudited] public string? VisitorName { get; set; }

    /// <summary>In lower case.</summary>
    [NotAudited] public string? VisitorEmail { get; set; }

    /// <summary>The SHA-256 of the visitor's key in hexadecimal.</summary>
    [NotAudited] public required string KeyHash { get; init; }

    [NotAudited] public ChatState State { get; set; }
    [NotAudited] public long? AgentId { get; set; }
    public User? Agent { get; private set; }

    /// <summary>The page on which the visitor began, without its query.</summary>
    [NotAudited] public string? Page { get; init; }

    [NotAudited] public required string Language { get; init; }
    [NotAudited] public DateTimeOffset StartedAt { get; init; }
    [NotAudited] public DateTimeOffset? AcceptedAt { get; set; }
    [NotAudited] public DateTimeOffset? EndedAt { get; set; }
    [NotAudited] public DateTimeOffset LastMessageAt { get; set; }

    /// <summary>Since when the visitor waits for an answer; null where the last word is the agent's.</summary>
    [NotAudited] public DateTimeOffset? WaitingSince { get; set; }

    /// <summary>Messages of visitor and agents.</summary>
    [NotAudited] public int MessageCount { get; set; }

    /// <summary>How often the visitor was answered, and the seconds that they waited for it in all.</summary>
    [NotAudited] public int AnswerCount { get; set; }

    [NotAudited] public long AnswerSeconds { get; set; }

    /// <summary>Up to which message each side has read.</summary>
    [NotAudited] public long VisitorReadId { get; set; }

    [NotAudited] public long AgentReadId { get; set; }

    /// <summary>From 1 to 5.</summary>
    [NotAudited] public int? Score { get; set; }

    [NotAudited] public string? Comment { get; set; }

    /// <summary>The ticket that it became.</summary>
    [NotAudited] public long? TicketId { get; set; }

    public List<ChatMessage> Messages { get; } = [];

    public bool IsOpen => State is ChatState.Waiting or ChatState.Active;
}

/// <summary>Who said a message.</summary>
public enum ChatMessageKind
{
    Visitor,
    Agent,

    /// <summary>What happened, for both sides.</summary>
    Notice,
}

/// <summary>What happened in a chat beside what was said.</summary>
public enum ChatEvent { Joined, HandedOver, PutBack, EndedByVisitor, EndedByAgent, EndedIdle, Missed, TicketMade }

/// <summary>Something that was said; never changed.</summary>
public sealed class ChatMessage
{
    public const int TextLength = 4_000;
    public const int KeyLength = 40;

    public long Id { get; internal init; }
    public long ChatId { get; init; }
    public ChatMessageKind Kind { get; init; }
    public DateTimeOffset At { get; init; }
    public long? AuthorId { get; init; }

    /// <summary>The agent's name; empty for the visitor.</summary>
    public string AuthorName { get; init; } = "";

    /// <summary>Plain text; empty for a file and for what happened.</summary>
    public string Text { get; init; } = "";

    /// <summary>Null for what was said.</summary>
    public ChatEvent? Event { get; init; }

    /// <summary>What the sender calls it, unique within the chat: sent again, it is the same message.</summary>
    public string? ClientKey { get; init; }

    public ChatFile? File { get; init; }
}

/// <summary>A file that was sent in a chat; its content lies encrypted in the store of documents.</summary>
public sealed class ChatFile
{
    public const int NameLength = 200;
    public const int TypeLength = 100;

    /// <summary>There are no more files in one chat than this.</summary>
    public const int Most = 20;

    public long Id { get; internal init; }
    public long ChatId { get; init; }
    public long MessageId { get; init; }
    public required string Name { get; init; }
    public required string ContentType { get; init; }

    /// <summary>In bytes.</summary>
    public long Size { get; init; }

    public required string StoredName { get; init; }
    public required string WrappedKey { get; init; }
}

/// <summary>Whether an agent takes chats, and how many at once.</summary>
public sealed class ChatAgent
{
    public const int UsualMost = 4;

    public long UserId { get; init; }
    public bool IsAvailable { get; set; }
    public int MostChats { get; set; } = UsualMost;
}

internal sealed class ChatConfiguration : IEntityTypeConfiguration<Chat>, IEntityTypeConfiguration<ChatMessage>,
    IEntityTypeConfiguration<ChatFile>, IEntityTypeConfiguration<ChatAgent>
{
    public void Configure(EntityTypeBuilder<Chat> builder)
    {
        builder.ToTable("Chats");
        builder.Property(c => c.VisitorName).HasMaxLength(Chat.NameLength);
        builder.Property(c => c.VisitorEmail).HasMaxLength(TextRules.EmailLength);
        builder.Property(c => c.KeyHash).HasMaxLength(Chat.KeyLength);
        builder.Property(c => c.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(c => c.Page).HasMaxLength(Chat.PageLength);
        builder.Property(c => c.Language).HasMaxLength(Chat.LanguageLength);
        builder.Property(c => c.Comment).HasMaxLength(Chat.CommentLength);
        builder.HasOne(c => c.Customer).WithMany().HasForeignKey(c => c.CustomerId);
        builder.HasOne(c => c.Agent).WithMany().HasForeignKey(c => c.AgentId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<Ticket>().WithMany().HasForeignKey(c => c.TicketId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(c => c.KeyHash).IsUnique();
        builder.HasIndex(c => new { c.CustomerId, c.Id });
        builder.HasIndex(c => c.TicketId);
        builder.HasIndex(c => c.VisitorEmail).HasFilter("\"CustomerId\" IS NULL");
        builder.HasIndex(c => new { c.AgentId, c.Id });
        // What is going on: few, however many there were.
        builder.HasIndex(c => c.LastMessageAt).HasDatabaseName("IX_Chats_Open").HasFilter("\"State\" IN ('Waiting', 'Active')");
    }

    public void Configure(EntityTypeBuilder<ChatMessage> builder)
    {
        builder.ToTable("ChatMessages");
        builder.Property(m => m.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(m => m.AuthorName).HasMaxLength(Chat.NameLength);
        builder.Property(m => m.Text).HasMaxLength(ChatMessage.TextLength);
        builder.Property(m => m.Event).HasConversion<string>().HasMaxLength(20);
        builder.Property(m => m.ClientKey).HasMaxLength(ChatMessage.KeyLength);
        builder.HasOne<Chat>().WithMany(c => c.Messages).HasForeignKey(m => m.ChatId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(m => m.File).WithOne().HasForeignKey<ChatFile>(f => f.MessageId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(m => new { m.ChatId, m.Id });
        builder.HasIndex(m => new { m.ChatId, m.ClientKey }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ChatFile> builder)
    {
        builder.ToTable("ChatFiles");
        builder.Property(f => f.Name).HasMaxLength(ChatFile.NameLength);
        builder.Property(f => f.ContentType).HasMaxLength(ChatFile.TypeLength);
        builder.Property(f => f.StoredName).HasMaxLength(64);
        builder.HasOne<Chat>().WithMany().HasForeignKey(f => f.ChatId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(f => f.ChatId);
    }

    public void Configure(EntityTypeBuilder<ChatAgent> builder)
    {
        builder.ToTable("ChatAgents");
        builder.HasKey(a => a.UserId);
        builder.HasOne<User>().WithOne().HasForeignKey<ChatAgent>(a => a.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
