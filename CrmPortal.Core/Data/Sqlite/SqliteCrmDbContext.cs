using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace CrmPortal.Core.Data.Sqlite;

public sealed class SqliteCrmDbContext(DbContextOptions<SqliteCrmDbContext> options) : CrmDbContext(options)
{
    internal DbSet<CustomerTrigrams> CustomerTrigrams => Set<CustomerTrigrams>();
    internal DbSet<CustomerWords> CustomerWords => Set<CustomerWords>();
    internal DbSet<CustomerToIndex> CustomersToIndex => Set<CustomerToIndex>();
    internal DbSet<HelpWordsRow> HelpWords => Set<HelpWordsRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<MicrosecondsConverter>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // The full-text tables are made by SqliteSearchIndex; reading them as entities keeps queries in LINQ.
        builder.Entity<CustomerTrigrams>(e =>
        {
            e.ToTable(SqliteSearchIndex.Trigrams, t => t.ExcludeFromMigrations());
            e.HasKey(r => r.RowId);
            e.Property(r => r.RowId).HasColumnName("rowid");
            e.Property(r => r.Match).HasColumnName(SqliteSearchIndex.Trigrams);
        });
        builder.Entity<CustomerWords>(e =>
        {
            e.ToTable(SqliteSearchIndex.Words, t => t.ExcludeFromMigrations());
            e.HasKey(r => r.RowId);
            e.Property(r => r.RowId).HasColumnName("rowid");
            e.Property(r => r.Match).HasColumnName(SqliteSearchIndex.Words);
        });
        builder.Entity<CustomerToIndex>(e => e.ToTable(SqliteSearchIndex.Waiting, t => t.ExcludeFromMigrations()));
        builder.Entity<HelpWordsRow>(e =>
        {
            e.ToTable(SqliteHelpIndex.Words, t => t.ExcludeFromMigrations());
            e.HasKey(r => r.RowId);
            e.Property(r => r.RowId).HasColumnName("rowid");
            e.Property(r => r.Match).HasColumnName(SqliteHelpIndex.Words);
            e.Property(r => r.Rank).HasColumnName("rank");
        });
    }
}

/// <summary>A row of the index of letter triples; comparing <see cref="Match"/> asks the index.</summary>
internal sealed class CustomerTrigrams
{
    public long RowId { get; init; }
    public string? Match { get; init; }
}

/// <summary>A row of the index of words and their beginnings.</summary>
internal sealed class CustomerWords
{
    public long RowId { get; init; }
    public string? Match { get; init; }
}

/// <summary>A customer who waits to be written into the index.</summary>
internal sealed class CustomerToIndex
{
    public long Id { get; init; }
}

/// <summary>A row of the index of the words of help articles.</summary>
internal sealed class HelpWordsRow
{
    public long RowId { get; init; }
    public string? Match { get; init; }

    /// <summary>How well the row fits what was asked; smaller is better.</summary>
    public double Rank { get; init; }
}

/// <summary>Instants as microseconds since 1970, the precision that PostgreSQL keeps: they compare and sort as numbers.</summary>
internal sealed class MicrosecondsConverter() : ValueConverter<DateTimeOffset, long>(
    instant => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
    number => DateTimeOffset.UnixEpoch.AddTicks(number * TimeSpan.TicksPerMicrosecond))
{
    public static DateTimeOffset Instant(long number) => DateTimeOffset.UnixEpoch.AddTicks(number * TimeSpan.TicksPerMicrosecond);
}
