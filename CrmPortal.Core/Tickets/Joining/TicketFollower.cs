using CrmPortal.Core.Platform.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Tickets;

/// <summary>A member of staff who wants to hear of a ticket.</summary>
public sealed class TicketFollower
{
    public long TicketId { get; init; }
    public long UserId { get; init; }
}

/// <summary>Two tickets that have to do with each other; the smaller key comes first, so that a pair is there once.</summary>
public sealed class TicketLink
{
    public long FirstId { get; init; }
    public long SecondId { get; init; }
}

internal sealed class TicketTiesConfiguration : IEntityTypeConfiguration<TicketFollower>, IEntityTypeConfiguration<TicketLink>
{
    public void Configure(EntityTypeBuilder<TicketFollower> builder)
    {
        builder.ToTable("TicketFollowers");
        builder.HasKey(f => new { f.TicketId, f.UserId });
        builder.HasOne<Ticket>().WithMany().HasForeignKey(f => f.TicketId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<User>().WithMany().HasForeignKey(f => f.UserId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<TicketLink> builder)
    {
        builder.ToTable("TicketLinks");
        builder.HasKey(l => new { l.FirstId, l.SecondId });
        builder.HasOne<Ticket>().WithMany().HasForeignKey(l => l.FirstId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Ticket>().WithMany().HasForeignKey(l => l.SecondId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(l => l.SecondId);
    }
}
