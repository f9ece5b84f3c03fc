using CrmPortal.Core.Customers;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Orders;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using NpgsqlTypes;

namespace CrmPortal.Core.Data.Postgres;

public sealed class PostgresCrmDbContext(DbContextOptions<PostgresCrmDbContext> options) : CrmDbContext(options)
{
    /// <summary>Sorts folded text by code point, as SQLite does.</summary>
    private const string ByCodePoint = "C";

    /// <summary>The words of help articles with their weights.</summary>
    public const string HelpWords = "Words";

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.HasPostgresExtension("pg_trgm");
        builder.Entity<Customer>(e =>
        {
            e.Property(c => c.SortName).UseCollation(ByCodePoint);
            e.Property(c => c.EmailKey).UseCollation(ByCodePoint);
            e.Property(c => c.Number).UseCollation(ByCodePoint);
            // The list by e-mail reads keys on the way to a page from the index alone.
            e.HasIndex(c => c.EmailKey).IncludeProperties(c => c.Id);
            e.HasIndex(c => c.NameText).HasMethod("gin").HasOperators("gin_trgm_ops");
            e.HasIndex(c => c.ContactText).HasMethod("gin").HasOperators("gin_trgm_ops");
        });
        builder.Entity<Order>().Property(o => o.ExternalId).UseCollation(ByCodePoint);
        builder.Entity<Address>().Property(a => a.CityKey).UseCollation(ByCodePoint);
        builder.Entity<Tag>().Property(t => t.NameKey).UseCollation(ByCodePoint);
        builder.Entity<ArticleTranslation>(e =>
        {
            e.Property<NpgsqlTsVector>(HelpWords).HasComputedColumnSql(
                "setweight(to_tsvector('simple', \"TitleText\"), 'A') || setweight(to_tsvector('simple', \"SummaryText\"), 'B') || "
                    + "setweight(to_tsvector('simple', \"BodyText\"), 'D')", stored: true);
            e.HasIndex(HelpWords).HasMethod("gin");
        });
    }
}
