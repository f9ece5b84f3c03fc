using CrmPortal.Core.Customers;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Core.Platform.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

internal sealed class TicketConfiguration : IEntityTypeConfiguration<Ticket>
{
    public void Configure(EntityTypeBuilder<Ticket> builder)
    {
        builder.ToTable("Tickets");
        builder.Property(t => t.Subject).HasMaxLength(Ticket.SubjectLength);
        builder.Property(t => t.ContactName).HasMaxLength(Ticket.NameLength);
        builder.Property(t => t.ContactEmail).HasMaxLength(TextRules.EmailLength);
        builder.Property(t => t.CreatedByName).HasMaxLength(Ticket.NameLength);
        builder.Property(t => t.Tags).HasMaxLength(Ticket.TagsLength);
        builder.Property(t => t.Urgency).HasMaxLength(Ticket.UrgencyLength);
        builder.Property(t => t.Channel).HasConversion<string>().HasMaxLength(10);
        builder.Property(t => t.Priority).HasConversion<string>().HasMaxLength(10);
        builder.Property(t => t.State).HasConversion<string>().HasMaxLength(10);
        builder.Ignore(t => t.IsByCustomer);
        builder.HasOne(t => t.Customer).WithMany().HasForeignKey(t => t.CustomerId);
        builder.HasOne(t => t.Queue).WithMany().HasForeignKey(t => t.QueueId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(t => t.Assignee).WithMany().HasForeignKey(t => t.AssigneeId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<Order>().WithMany().HasForeignKey(t => t.OrderId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<SlaPolicy>().WithMany().HasForeignKey(t => t.PolicyId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<Ticket>().WithMany().HasForeignKey(t => t.MergedIntoId).OnDelete(DeleteBehavior.SetNull);
        builder.HasOne<Ticket>().WithMany().HasForeignKey(t => t.ParentId).OnDelete(DeleteBehavior.SetNull);
        // The work: of unsolved tickets there are few, however many there were.
        builder.HasIndex(t => new { t.UrgentAt, t.Id }).HasFilter("\"UrgentAt\" IS NOT NULL");
        builder.HasIndex(t => new { t.LastMessageAt, t.Id });
        builder.HasIndex(t => new { t.CustomerId, t.Id });
        builder.HasIndex(t => new { t.AssigneeId, t.Id });
        builder.HasIndex(t => t.ContactEmail).HasFilter("\"CustomerId\" IS NULL");
        builder.HasIndex(t => t.PendingUntil).HasFilter("\"PendingUntil\" IS NOT NULL");
        builder.HasIndex(t => t.NextDue).HasFilter("\"NextDue\" IS NOT NULL");
        builder.HasIndex(t => t.SolvedAt, "IX_Tickets_SolvedAt").HasFilter("\"State\" = 'Solved'");
        // What reports count in a period.
        builder.HasIndex(t => t.CreatedAt);
        builder.HasIndex(t => t.FirstResponseAt).HasFilter("\"FirstResponseAt\" IS NOT NULL");
        builder.HasIndex(t => t.SolvedAt, "IX_Tickets_Solved").HasFilter("\"SolvedAt\" IS NOT NULL");
        builder.HasIndex(t => t.FirstTargetAt).HasFilter("\"FirstTargetAt\" IS NOT NULL");
        builder.HasIndex(t => t.ResolutionTargetAt).HasFilter("\"ResolutionTargetAt\" IS NOT NULL");
    }
}
