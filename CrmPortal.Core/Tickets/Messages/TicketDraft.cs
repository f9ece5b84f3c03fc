using CrmPortal.Core.Platform.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>What an agent has begun to write in a ticket: kept on the server while they type, so that no lost connection loses
/// it.</summary>
public sealed class TicketDraft
{
    public const int FieldLength = 20;

    public long Id { get; internal init; }
    public long TicketId { get; init; }
    public long UserId { get; init; }

    /// <summary>The box it was typed into, such as <c>reply</c>.</summary>
    public required string Field { get; init; }

    public required string Text { get; set; }
    public DateTimeOffset At { get; set; }
}

internal sealed class TicketDraftConfiguration : IEntityTypeConfiguration<TicketDraft>
{
    public void Configure(EntityTypeBuilder<TicketDraft> builder)
    {
        builder.ToTable("TicketDrafts");
        builder.Property(d => d.Field).HasMaxLength(TicketDraft.FieldLength);
        builder.HasOne<Ticket>().WithMany().HasForeignKey(d => d.TicketId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(d => d.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(d => new { d.TicketId, d.UserId, d.Field }).IsUnique();
        builder.HasIndex(d => d.At);
    }
}
