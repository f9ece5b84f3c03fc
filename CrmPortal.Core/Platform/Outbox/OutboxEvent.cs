using CrmPortal.Core.Platform.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Outbox;

/// <summary>Something that happened and that others must learn of, written in the transaction of the change itself.</summary>
public sealed class OutboxEvent
{
    public long Id { get; internal set; }

    /// <summary>
    /// Its place in the order in which subscribers read, given after the commit; null until then. Keys are given before, so that a
    /// smaller one may appear after a larger one has been read.
    /// </summary>
    public long? Position { get; set; }

    /// <summary>What happened, such as <c>customer.updated</c>.</summary>
    public required string Topic { get; set; }

    /// <summary>The record it happened to.</summary>
    public long SubjectId { get; set; }

    /// <summary>JSON without personal values: the fields that changed, the version, who changed them.</summary>
    public required string Payload { get; set; }

    public long? ChangeSetId { get; set; }
    public ChangeSet? ChangeSet { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>How far a subscriber has come, and which node hands events over to it at the moment.</summary>
public sealed class OutboxSubscription
{
    /// <summary>The name of the subscriber.</summary>
    public required string Name { get; init; }

    /// <summary>The last event that was handed over, or put aside to be tried again.</summary>
    public long Position { get; set; }

    public string? Owner { get; set; }

    /// <summary>The owner renews this while it works; after it another node may go on.</summary>
    public DateTimeOffset LeasedUntil { get; set; }
}

/// <summary>An event that a subscriber could not take: tried again later, and kept for people to see when that was given up.</summary>
public sealed class OutboxFailure
{
    public long Id { get; private set; }
    public required string Subscriber { get; init; }
    public long EventId { get; init; }
    public OutboxEvent? Event { get; init; }
    public int Attempts { get; set; }
    public DateTimeOffset FailedAt { get; set; }

    /// <summary>The kind of fault, without values.</summary>
    public required string Fault { get; set; }

    /// <summary>When it is tried again; null where it was given up.</summary>
    public DateTimeOffset? DueAt { get; set; }
}

internal sealed class OutboxConfiguration : IEntityTypeConfiguration<OutboxEvent>, IEntityTypeConfiguration<OutboxSubscription>,
    IEntityTypeConfiguration<OutboxFailure>
{
    public void Configure(EntityTypeBuilder<OutboxEvent> builder)
    {
        builder.ToTable("OutboxEvents");
        builder.Property(e => e.Topic).HasMaxLength(60);
        builder.HasOne(e => e.ChangeSet).WithMany().HasForeignKey(e => e.ChangeSetId);
        builder.HasIndex(e => e.Id).HasDatabaseName("IX_OutboxEvents_Waiting").HasFilter("\"Position\" IS NULL");
        builder.HasIndex(e => e.Position).HasFilter("\"Position\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<OutboxSubscription> builder)
    {
        builder.ToTable("OutboxSubscriptions");
        builder.HasKey(s => s.Name);
        builder.Property(s => s.Name).HasMaxLength(60);
        builder.Property(s => s.Owner).HasMaxLength(60);
    }

    public void Configure(EntityTypeBuilder<OutboxFailure> builder)
    {
        builder.ToTable("OutboxFailures");
        builder.Property(f => f.Subscriber).HasMaxLength(60);
        builder.Property(f => f.Fault).HasMaxLength(200);
        builder.HasOne(f => f.Event).WithMany().HasForeignKey(f => f.EventId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(f => new { f.Subscriber, f.EventId }).IsUnique();
        builder.HasIndex(f => f.DueAt);
    }
}
