using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Platform.Data;

/// <summary>
/// A request that carried an <c>Idempotency-Key</c>: who works on it, whether its work was committed, and what it was answered.
/// </summary>
public sealed class IdempotencyRecord
{
    public long Id { get; private set; }
    public long UserId { get; set; }
    public required string Key { get; set; }

    /// <summary>SHA-256 of method, path and body: the same key with another request is refused.</summary>
    public required string RequestHash { get; set; }

    /// <summary>The one request that may do the work; anyone who takes over from a process that ended puts another name here.</summary>
    public required string Claimant { get; set; }

    /// <summary>Until then the claimant is taken for alive; it renews this while it works.</summary>
    public DateTimeOffset ClaimedUntil { get; set; }

    /// <summary>When the work was committed: written in its transaction, so that it is there exactly when the work is.</summary>
    public DateTimeOffset? WorkedAt { get; set; }

    /// <summary>The kind of record that the work made or changed, such as <c>Customer</c>.</summary>
    public string? SubjectType { get; set; }

    public long? SubjectId { get; set; }

    /// <summary>The status of the answer, or null while there is none.</summary>
    public int? StatusCode { get; set; }

    public string? ContentType { get; set; }
    public string? Location { get; set; }
    public string? ETag { get; set; }
    public string? Body { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class IdempotencyRecordConfiguration : IEntityTypeConfiguration<IdempotencyRecord>
{
    public void Configure(EntityTypeBuilder<IdempotencyRecord> builder)
    {
        builder.ToTable("IdempotencyRecords");
        builder.Property(r => r.Key).HasMaxLength(200);
        builder.Property(r => r.RequestHash).HasMaxLength(64);
        builder.Property(r => r.Claimant).HasMaxLength(32);
        builder.Property(r => r.SubjectType).HasMaxLength(60);
        builder.Property(r => r.ContentType).HasMaxLength(100);
        builder.Property(r => r.Location).HasMaxLength(200);
        builder.Property(r => r.ETag).HasMaxLength(60);
        builder.HasIndex(r => new { r.UserId, r.Key }).IsUnique();
        builder.HasIndex(r => r.CreatedAt);
    }
}
