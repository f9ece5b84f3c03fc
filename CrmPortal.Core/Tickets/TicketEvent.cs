using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>What happened to a ticket, as far as targets and reports ask.</summary>
public enum TicketEventKind
{
    /// <summary>A customer asked.</summary>
    Created,

    /// <summary>An agent began the conversation; no first answer is due.</summary>
    Begun,

    CustomerWrote,

    /// <summary>A message to the customer has left.</summary>
    AgentReplied,

    /// <summary>It waits for somebody else: pending or on hold.</summary>
    Paused,

    Resumed,
    Solved,
    Reopened,
    Closed,
    Assigned,
    Moved,
    Warned,
    Escalated,
}

/// <summary>A dated event of a ticket; written once, never changed. Targets are computed of these, and reports count them.</summary>
public sealed class TicketEvent
{
    public long Id { get; internal init; }
    public long TicketId { get; internal set; }
    public TicketEventKind Kind { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>Who did it; null for a customer and for the program.</summary>
    public long? UserId { get; init; }

    /// <summary>Of <see cref="TicketEventKind.Assigned"/> the agent, of <see cref="TicketEventKind.Moved"/> the queue.</summary>
    public long? SubjectId { get; init; }
}

internal sealed class TicketEventConfiguration : IEntityTypeConfiguration<TicketEvent>
{
    public void Configure(EntityTypeBuilder<TicketEvent> builder)
    {
        builder.ToTable("TicketEvents");
        builder.Property(e => e.Kind).HasConversion<string>().HasMaxLength(15);
        builder.HasOne<Ticket>().WithMany(t => t.Events).HasForeignKey(e => e.TicketId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(e => new { e.TicketId, e.Id });
        // Reports count the events of a period.
        builder.HasIndex(e => new { e.Kind, e.At });
    }
}
