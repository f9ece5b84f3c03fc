using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Customers.Notifications;

public enum NotificationKind { Mentioned, FollowedChanged, DocumentExpires, TierEnds, AdjustmentWaits, AdjustmentApproved,
    AdjustmentRejected, TicketAssigned, TicketMentioned, TicketAnswered, TicketDueSoon, TicketOverdue, TicketRatedLow }

/// <summary>Something that a member of staff should see.</summary>
[AuditName("Notification", Label = "Notification")]
[OpenFields("UserId", "Kind", "CustomerId", "TicketId", "ActorName", "Text", "CreatedAt", "ReadAt")]
public sealed class Notification
{
    public const int TextLength = 200;

    public long Id { get; internal init; }
    [AuditLabel("User")] public long UserId { get; set; }
    [AuditLabel("Kind")] public NotificationKind Kind { get; set; }
    [AuditLabel("Customer")] public long? CustomerId { get; set; }

    /// <summary>The ticket that it is about; one that is gone leads nowhere.</summary>
    [AuditLabel("Ticket")] public long? TicketId { get; set; }

    /// <summary>Who caused it.</summary>
    [AuditLabel("By")] public string ActorName { get; set; } = "";

    /// <summary>What it is about, in a few words that hold no masked value.</summary>
    [AuditLabel("Text")] public string Text { get; set; } = "";

    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; set; }
    [AuditLabel("Read on")] public DateTimeOffset? ReadAt { get; set; }
}

/// <summary>A member of staff who wants to hear of a customer's changes.</summary>
[AuditName("CustomerFollower", Label = "Follower", PluralLabel = "Followers")]
[OpenFields("CustomerId", "UserId")]
public sealed class CustomerFollower
{
    public long Id { get; internal init; }
    [AuditLabel("Customer")] public long CustomerId { get; set; }
    [AuditLabel("User")] public long UserId { get; set; }
}

internal sealed class NotificationConfiguration : IEntityTypeConfiguration<Notification>, IEntityTypeConfiguration<CustomerFollower>
{
    public void Configure(EntityTypeBuilder<Notification> builder)
    {
        builder.ToTable("Notifications");
        builder.Property(n => n.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(n => n.ActorName).HasMaxLength(200);
        builder.Property(n => n.Text).HasMaxLength(Notification.TextLength);
        builder.HasOne<User>().WithMany().HasForeignKey(n => n.UserId);
        builder.HasOne<Customer>().WithMany().HasForeignKey(n => n.CustomerId);
        builder.HasIndex(n => new { n.UserId, n.Id });
        builder.HasIndex(n => n.UserId).HasDatabaseName("IX_Notifications_Unread").HasFilter("\"ReadAt\" IS NULL");
    }

    public void Configure(EntityTypeBuilder<CustomerFollower> builder)
    {
        builder.ToTable("CustomerFollowers");
        builder.HasOne<Customer>().WithMany().HasForeignKey(f => f.CustomerId);
        builder.HasOne<User>().WithMany().HasForeignKey(f => f.UserId);
        builder.HasIndex(f => new { f.CustomerId, f.UserId }).IsUnique();
    }
}
