using CrmPortal.Core.Customers;
using CrmPortal.Core.Customers.Fields;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>
/// What a ticket has in a field, in the column of its type, for filters alone: it follows <see cref="Ticket.FieldsJson"/>, which is audited
/// and undone with the ticket.
/// </summary>
public sealed class TicketFieldValue : FieldValue
{
    public long Id { get; internal init; }
    public long TicketId { get; init; }
}

internal sealed class TicketFieldValueConfiguration : IEntityTypeConfiguration<TicketFieldValue>
{
    public void Configure(EntityTypeBuilder<TicketFieldValue> builder)
    {
        builder.ToTable("TicketFieldValues");
        builder.Property(v => v.Text).HasMaxLength(CustomField.TextLength);
        builder.Property(v => v.TextKey).HasMaxLength(CustomerRules.DisplayNameLength);
        builder.HasOne<Ticket>().WithMany(t => t.Fields).HasForeignKey(v => v.TicketId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(v => v.Field).WithMany().HasForeignKey(v => v.FieldId);
        builder.HasIndex(v => new { v.TicketId, v.FieldId }).IsUnique();
        builder.HasIndex(v => new { v.FieldId, v.TextKey, v.TicketId }).HasFilter("\"TextKey\" IS NOT NULL");
        builder.HasIndex(v => new { v.FieldId, v.Number, v.TicketId }).HasFilter("\"Number\" IS NOT NULL");
        builder.HasIndex(v => new { v.FieldId, v.Day, v.TicketId }).HasFilter("\"Day\" IS NOT NULL");
        builder.HasIndex(v => new { v.FieldId, v.IsYes, v.TicketId }).HasFilter("\"IsYes\" IS NOT NULL");
    }
}
