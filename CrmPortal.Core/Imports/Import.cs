using CrmPortal.Core.Platform.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmPortal.Core.Imports;

public enum ImportKind { Customers, Orders }

public enum ImportState { Uploaded, Checking, Checked, Publishing, Published, Undone }

/// <summary>A file on its way into the portal, and what became of it.</summary>
public sealed class Import
{
    public const int FileNameLength = 200;

    public long Id { get; internal init; }
    public ImportKind Kind { get; set; }
    public ImportState State { get; set; }
    public required string FileName { get; init; }
    public long FileSize { get; set; }

    /// <summary>JSON of <see cref="FileFormat"/>: how the file is read.</summary>
    public string Format { get; set; } = "{}";

    /// <summary>JSON of <see cref="FileProfile"/>: the header and what its columns hold.</summary>
    public string Profile { get; set; } = "{}";

    /// <summary>JSON of <see cref="ImportPlan"/>: which column is which field, and how rows meet records.</summary>
    public string Plan { get; set; } = "{}";

    /// <summary>JSON of <see cref="ImportResult"/>: the counts of the last check or of the publication.</summary>
    public string? Result { get; set; }

    /// <summary>What stopped the last step, in a sentence for people.</summary>
    public string? Fault { get; set; }

    public long? JobId { get; set; }

    /// <summary>The change set for undo.</summary>
    public long? ChangeSetId { get; set; }

    public long? CreatedById { get; init; }
    public string CreatedByName { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? PublishedAt { get; set; }
}

/// <summary>A piece of the file, kept until the import is over: every node can read it, and a restart finds it.</summary>
public sealed class ImportChunk
{
    public long Id { get; internal init; }
    public long ImportId { get; init; }
    public Import? Import { get; set; }
    public int Position { get; init; }
    public required byte[] Bytes { get; init; }
}

/// <summary>A checked row of the file, staged until it is published; a rejected one keeps the reason.</summary>
public sealed class ImportRow
{
    public long ImportId { get; init; }
    public Import? Import { get; set; }

    /// <summary>The line of the file as people count: the header is row 1.</summary>
    public int RowNumber { get; init; }

    /// <summary>What rows of one record have in common: the order's number, or the customer's match value.</summary>
    public string? GroupKey { get; init; }

    /// <summary>
    /// Whether the data say anything of a customer, so that orders' lines can be passed over while customers are gathered.
    /// </summary>
    public bool NamesCustomer { get; init; }

    /// <summary>JSON of the fields that are read from it.</summary>
    public string? Data { get; init; }

    /// <summary>Why it is rejected, as a key of the texts on screens; null for a good row.</summary>
    public string? Reason { get; init; }

    /// <summary>JSON list of what belongs into the reason's placeholders.</summary>
    public string? ReasonArguments { get; init; }
}

/// <summary>How a file with these columns was mapped the last time, so that the next one is proposed the same.</summary>
public sealed class ImportMemory
{
    public long Id { get; internal init; }
    public ImportKind Kind { get; init; }

    /// <summary>SHA-256 of the header's names.</summary>
    public required string HeaderHash { get; init; }

    /// <summary>JSON of <see cref="ImportPlan"/>.</summary>
    public required string Plan { get; set; }

    public DateTimeOffset UsedAt { get; set; }
}

internal sealed class ImportConfiguration : IEntityTypeConfiguration<Import>, IEntityTypeConfiguration<ImportChunk>,
    IEntityTypeConfiguration<ImportRow>,
    IEntityTypeConfiguration<ImportMemory>
{
    public void Configure(EntityTypeBuilder<Import> builder)
    {
        builder.ToTable("Imports");
        builder.Property(i => i.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(i => i.State).HasConversion<string>().HasMaxLength(10);
        builder.Property(i => i.FileName).HasMaxLength(Import.FileNameLength);
        builder.Property(i => i.Fault).HasMaxLength(Job.FaultLength);
        builder.Property(i => i.CreatedByName).HasMaxLength(200);
        builder.HasIndex(i => i.ChangeSetId);
        builder.HasIndex(i => i.State);
    }

    public void Configure(EntityTypeBuilder<ImportChunk> builder)
    {
        builder.ToTable("ImportChunks");
        builder.HasOne(c => c.Import).WithMany().HasForeignKey(c => c.ImportId);
        builder.HasIndex(c => new { c.ImportId, c.Position }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<ImportRow> builder)
    {
        builder.ToTable("ImportRows");
        builder.HasKey(r => new { r.ImportId, r.RowNumber });
        builder.HasOne(r => r.Import).WithMany().HasForeignKey(r => r.ImportId);
        builder.Property(r => r.Reason).HasMaxLength(300);
        builder.HasIndex(r => new { r.ImportId, r.RowNumber }).HasDatabaseName("IX_ImportRows_Rejected")
            .HasFilter("\"Reason\" IS NOT NULL");
    }

    public void Configure(EntityTypeBuilder<ImportMemory> builder)
    {
        builder.ToTable("ImportMemories");
        builder.Property(m => m.Kind).HasConversion<string>().HasMaxLength(10);
        builder.Property(m => m.HeaderHash).HasMaxLength(64);
        builder.HasIndex(m => new { m.Kind, m.HeaderHash }).IsUnique();
    }
}
