using CrmPortal.Core.Platform.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>The survey that was sent after a ticket was solved, and the customer's answer.</summary>
public sealed class TicketRating
{
    public const int CommentLength = 2_000;

    public long Id { get; internal init; }
    public long TicketId { get; init; }
    public Ticket? Ticket { get; private set; }

    /// <summary>Who had solved it, and in which queue it was then.</summary>
    public long? AgentId { get; init; }

    public long QueueId { get; init; }
    public DateTimeOffset SentAt { get; init; }

    /// <summary>From 1 to 5; null while there is no answer.</summary>
    public int? Score { get; set; }

    public string? Comment { get; set; }
    public DateTimeOffset? AnsweredAt { get; set; }
}

internal sealed class TicketRatingConfiguration : IEntityTypeConfiguration<TicketRating>
{
    public void Configure(EntityTypeBuilder<TicketRating> builder)
    {
        builder.ToTable("TicketRatings");
        builder.Property(r => r.Comment).HasMaxLength(TicketRating.CommentLength);
        builder.HasOne(r => r.Ticket).WithMany(t => t.Ratings).HasForeignKey(r => r.TicketId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(r => r.AgentId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(r => new { r.TicketId, r.Id });
        builder.HasIndex(r => r.SentAt);
        builder.HasIndex(r => new { r.AgentId, r.SentAt });
    }
}
