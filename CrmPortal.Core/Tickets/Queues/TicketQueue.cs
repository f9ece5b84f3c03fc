using CrmPortal.Core.Platform.Audit;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>Where tickets of a kind come in, with the address that answers bear.</summary>
[AuditName("TicketQueue", Label = "Ticket queue", PluralLabel = "Ticket queues")]
[OpenFields("Name", "NameKey", "Email", "Signature", "IsUsual", "SendsReceipt", "ArchivedAt")]
public sealed class TicketQueue : IAudited, IVersioned
{
    public const int NameLength = 60;
    public const int SignatureLength = 2_000;

    public long Id { get; internal init; }
    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>In lower case; unique.</summary>
    [AuditLabel("Name for comparison")] public required string NameKey { get; set; }

    /// <summary>In lower case; unique. Without one, answers bear the shop's address.</summary>
    [AuditLabel("E-mail")] public string? Email { get; set; }

    /// <summary>Markdown under each reply.</summary>
    [AuditLabel("Signature")] public string? Signature { get; set; }

    /// <summary>Where tickets go of which nothing else is known; there is exactly one.</summary>
    [AuditLabel("Usual queue")] public bool IsUsual { get; set; }

    /// <summary>Whether messages of the contact form are confirmed by a mail.</summary>
    [AuditLabel("Confirms messages of the contact form")] public bool SendsReceipt { get; set; }

    /// <summary>Since when it takes no more tickets.</summary>
    [AuditLabel("Archived")] public DateTimeOffset? ArchivedAt { get; set; }

    [NotAudited] public long Version { get; set; }
}

internal sealed class TicketQueueConfiguration : IEntityTypeConfiguration<TicketQueue>
{
    public void Configure(EntityTypeBuilder<TicketQueue> builder)
    {
        builder.ToTable("TicketQueues");
        builder.Property(q => q.Name).HasMaxLength(TicketQueue.NameLength);
        builder.Property(q => q.NameKey).HasMaxLength(TicketQueue.NameLength);
        builder.Property(q => q.Email).HasMaxLength(TextRules.EmailLength);
        builder.Property(q => q.Signature).HasMaxLength(TicketQueue.SignatureLength);
        builder.HasIndex(q => q.NameKey).IsUnique();
        builder.HasIndex(q => q.Email).IsUnique();
    }
}
