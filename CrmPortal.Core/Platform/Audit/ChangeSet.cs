using CrmPortal.Core.Platform.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>An entity whose changes are recorded row by row.</summary>
public interface IAudited
{
    long Id { get; }
}

/// <summary>An audited row that belongs to a customer and shows in their history.</summary>
public interface ICustomerOwned : IAudited
{
    long CustomerId { get; }
}

/// <summary>An audited row that may belong to a customer, such as an order, which can be anonymous.</summary>
public interface ICustomerLinked : IAudited
{
    long? CustomerId { get; }
}

/// <summary>An entity with a counter that every save raises, for conflict checks on every database.</summary>
public interface IVersioned
{
    long Version { get; set; }
}

/// <summary>An entity that says when it was saved last; every save sets it.</summary>
public interface ITimestamped
{
    DateTimeOffset UpdatedAt { get; }
}

/// <summary>A property that never enters the audit rows: a secret, or bookkeeping.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotAuditedAttribute : Attribute;

/// <summary>What one person did in one go: a form save, a bulk edit, an import, a merge, an API call.</summary>
public sealed class ChangeSet
{
    public long Id { get; internal set; }

    /// <summary>The kind of work, such as <c>customer.edit</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>The permission that the work needed; undoing it needs the same.</summary>
    public string? Permission { get; set; }

    public DateTimeOffset At { get; set; }
    public long? ActorId { get; set; }
    public string ActorName { get; set; } = "";
    public ActorOrigin Origin { get; set; }
    public string? IpAddress { get; set; }
    public string? CorrelationId { get; set; }

    /// <summary>The change set that this one undoes.</summary>
    public long? UndoesId { get; set; }

    public DateTimeOffset? UndoneAt { get; set; }

    /// <summary>While many rows are being undone: when that last went on.</summary>
    public DateTimeOffset? UndoingAt { get; set; }
}

public enum AuditAction { Created, Updated, Deleted, Viewed, Revealed, Exported, Refused, SignedIn }

/// <summary>One row that was created, changed or deleted, with the values before and after.</summary>
public sealed class AuditEntry
{
    private static readonly HashSet<string> Details = ["OrderLine", "RefundLine"];
    private static readonly HashSet<string> Shown = ["Note", "Order", "Refund", "Consent", "Document", "LoyaltyBooking", "Ticket"];

    public long Id { get; internal set; }
    public long ChangeSetId { get; set; }
    public ChangeSet? ChangeSet { get; set; }

    /// <summary>The entity's name in the model, such as <c>Customer</c>.</summary>
    public required string EntityType { get; set; }

    public long EntityId { get; set; }
    public long? CustomerId { get; set; }
    public AuditAction Action { get; set; }

    /// <summary>The changed fields' names, separated by spaces.</summary>
    public string Fields { get; set; } = "";

    /// <summary>
    /// Whether the row only says that something came which a customer's timeline shows by itself, such as an order and its lines, or
    /// that it came from another customer by a merge;
    /// a timeline of many orders must not read past them.
    /// </summary>
    public bool IsDetail
    {
        get => Details.Contains(EntityType) || (Action == AuditAction.Created && Shown.Contains(EntityType))
            || (Action == AuditAction.Updated && Fields == "CustomerId");
        private set { }
    }

    /// <summary>JSON: field → [old, new]. Apart from the names, so that values can be erased and the row stays.</summary>
    public string? Values { get; set; }
}

internal sealed class AuditConfiguration : IEntityTypeConfiguration<ChangeSet>, IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<ChangeSet> builder)
    {
        builder.ToTable("ChangeSets");
        builder.Property(c => c.Kind).HasMaxLength(60);
        builder.Property(c => c.Permission).HasMaxLength(60);
        builder.Property(c => c.ActorName).HasMaxLength(200);
        builder.Property(c => c.Origin).HasConversion<string>().HasMaxLength(10);
        builder.Property(c => c.IpAddress).HasMaxLength(45);
        builder.Property(c => c.CorrelationId).HasMaxLength(60);
        builder.HasIndex(c => new { c.ActorId, c.Id });
        builder.HasIndex(c => c.At);
    }

    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("AuditEntries");
        builder.Property(e => e.EntityType).HasMaxLength(60);
        builder.Property(e => e.Action).HasConversion<string>().HasMaxLength(10);
        builder.HasOne(e => e.ChangeSet).WithMany().HasForeignKey(e => e.ChangeSetId);
        // A customer's history leaves readings out, of which there may be very many.
        builder.HasIndex(e => new { e.CustomerId, e.Id }).HasFilter("\"Action\" <> 'Viewed'");
        builder.HasIndex(e => new { e.CustomerId, e.Id }, "IX_AuditEntries_Timeline")
            .HasFilter("\"Action\" <> 'Viewed' AND NOT \"IsDetail\"");
        builder.HasIndex(e => new { e.EntityType, e.EntityId, e.Id });
        // The audit log in its order, and its rare rows: kinds of the shop itself, and deeds that are no everyday work. SQLite
        // takes such an index only for a question that says its filter word for word, as the queries do.
        builder.HasIndex(e => new { e.ChangeSetId, e.Id });
        builder.HasIndex(e => new { e.EntityType, e.Id }, "IX_AuditEntries_Shop").HasFilter("\"CustomerId\" IS NULL");
        builder.HasIndex(e => new { e.Action, e.Id }, "IX_AuditEntries_Rare")
            .HasFilter("\"Action\" NOT IN ('Viewed', 'Created', 'Updated')");
    }
}
