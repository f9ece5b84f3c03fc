using CrmPortal.Core.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Outbox;

/// <summary>Something that happened and that others must learn of, written in the transaction of the change itself.</summary>
public sealed class OutboxEvent
{
    public long Id { get; internal init; }

    /// <summary>What happened, such as <c>customer.updated</c>.</summary>
    public required string Topic { get; set; }

    /// <summary>The record it happened to.</summary>
    public long SubjectId { get; set; }

    /// <summary>JSON without personal values: the fields that changed, the version, who changed them.</summary>
    public required string Payload { get; set; }

    public long? ChangeSetId { get; set; }
    public ChangeSet? ChangeSet { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ProcessedAt { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset DueAt { get; set; }
}

/// <summary>A piece of work that only one node does at a time; whoever holds it renews it while it works.</summary>
public sealed class Lease
{
    public required string Name { get; set; }
    public string? Owner { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
}

internal sealed class OutboxConfiguration : IEntityTypeConfiguration<OutboxEvent>, IEntityTypeConfiguration<Lease>
{
    public void Configure(EntityTypeBuilder<OutboxEvent> builder)
    {
        builder.ToTable("OutboxEvents");
        builder.Property(e => e.Topic).HasMaxLength(60);
        builder.HasOne(e => e.ChangeSet).WithMany().HasForeignKey(e => e.ChangeSetId);
        builder.HasIndex(e => e.Id).HasDatabaseName("IX_OutboxEvents_Waiting").HasFilter("\"ProcessedAt\" IS NULL");
        builder.HasIndex(e => e.ProcessedAt);
    }

    public void Configure(EntityTypeBuilder<Lease> builder)
    {
        builder.ToTable("Leases");
        builder.HasKey(l => l.Name);
        builder.Property(l => l.Name).HasMaxLength(60);
        builder.Property(l => l.Owner).HasMaxLength(60);
    }
}
