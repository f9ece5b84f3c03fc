using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Data;

/// <summary>A data-protection key, wrapped by the key file before it comes here.</summary>
public sealed class DataKey
{
    public long Id { get; private set; }
    public required string Name { get; set; }
    public required string Xml { get; set; }
}

/// <summary>A small fact about this installation, such as "demo data loaded".</summary>
public sealed class Setting
{
    public required string Name { get; set; }
    public required string Value { get; set; }
}

/// <summary>The first answer to a request that carried an <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyRecord
{
    public long Id { get; private set; }
    public long UserId { get; set; }
    public required string Key { get; set; }

    /// <summary>SHA-256 of method, path and body: the same key with another request is refused.</summary>
    public required string RequestHash { get; set; }

    /// <summary>The status of the answer, or null while the first request is still at work.</summary>
    public int? StatusCode { get; set; }

    public string? ContentType { get; set; }
    public string? Location { get; set; }
    public string? ETag { get; set; }
    public string? Body { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class PlumbingConfiguration : IEntityTypeConfiguration<DataKey>, IEntityTypeConfiguration<Setting>, IEntityTypeConfiguration<IdempotencyRecord>
{
    public void Configure(EntityTypeBuilder<DataKey> builder)
    {
        builder.ToTable("DataKeys");
        builder.Property(k => k.Name).HasMaxLength(100);
    }

    public void Configure(EntityTypeBuilder<Setting> builder)
    {
        builder.ToTable("Settings");
        builder.HasKey(s => s.Name);
        builder.Property(s => s.Name).HasMaxLength(100);
    }

    public void Configure(EntityTypeBuilder<IdempotencyRecord> builder)
    {
        builder.ToTable("IdempotencyRecords");
        builder.Property(r => r.Key).HasMaxLength(200);
        builder.Property(r => r.RequestHash).HasMaxLength(64);
        builder.Property(r => r.ContentType).HasMaxLength(100);
        builder.Property(r => r.Location).HasMaxLength(200);
        builder.Property(r => r.ETag).HasMaxLength(60);
        builder.HasIndex(r => new { r.UserId, r.Key }).IsUnique();
        builder.HasIndex(r => r.CreatedAt);
    }
}
