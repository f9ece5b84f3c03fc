using System.Data.Common;
using CrmPortal.Core.Customers;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Platform.Search;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>The database of an installation with several nodes.</summary>
public sealed class PostgresProvider : IDatabaseProvider, ICustomerSearch, ITicketSearch, IHelpSearchIndex, IDayMarks
{
    private const int MostIdleContexts = 128;

    private readonly PooledDbContextFactory<PostgresCrmDbContext> _contexts;
    private readonly string _connectionString;
    private readonly ILoggerFactory _logging;

    public PostgresProvider(DatabaseOptions options, IEnumerable<IInterceptor> interceptors, ILoggerFactory logging)
    {
        _connectionString = PostgresConnections.Usual(options.ConnectionString);
        _logging = logging;
        var builder = new DbContextOptionsBuilder<PostgresCrmDbContext>()
            .UseNpgsql(_connectionString, postgres => postgres.UseQuerySplittingBehavior(QuerySplittingBehavior.SplitQuery))
            .ConfigureWarnings(CrmDbContext.Expect)
            .AddInterceptors(interceptors);
        builder.UseLogging(logging);
        _contexts = new(builder.Options, MostIdleContexts);
    }

    public CrmDbContext CreateContext(SaveEnvironment? environment) => _contexts.CreateDbContext().Begin(this, environment);

    public Task<DbConnection> OpenAsync(CancellationToken cancellationToken) =>
        new NpgsqlConnection(_connectionString).OpenedAsync(cancellationToken);

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using var db = CreateContext(null);
        await DatabaseMigration.RunAsync(db, cancellationToken);
        var pairs = (await db.Database.SqlQueryRaw<int>("""select cardinality(show_trgm('山田')) as "Value" """)
            .ToListAsync(cancellationToken)).Single();
        if (pairs == 0)
            throw new UnsuitableDatabaseException(
                "This database was created with the character type C, under which no name beyond plain ASCII is found; create it with LC_CTYPE C.UTF-8 or that of a language.");
        await PostgresDayMarks.EnsureAsync(db, cancellationToken);
        await PostgresCustomerMarks.EnsureAsync(db, cancellationToken);
        await PostgresBuyerMarks.EnsureAsync(db, cancellationToken);
    }

    public async Task<IReadOnlyList<long>> FindTicketsAsync(CrmDbContext db, IReadOnlyList<TicketTerm> terms, int most,
        CancellationToken cancellationToken)
    {
        var query = string.Join(" & ", terms.Select(t => t.IsWhole ? $"'{t.Word}'" : $"'{t.Word}':*"));
        return await db.Database.SqlQuery<long>($"""
            select "TicketId" as "Value" from "TicketMessages" where "SearchWords" @@ to_tsquery('simple', {query})
            order by "Id" desc limit {most}
            """).ToListAsync(cancellationToken);
    }

    public Task IndexWaitingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public IQueryable<CustomerMatch> MatchCustomers(CrmDbContext db, IReadOnlyList<string> terms, bool withContacts)
    {
        var matches = db.Customers.AsQueryable();
        foreach (var term in terms)
        {
            var pattern = Pattern(term, " ");
            if (term.Length >= 3)
            {
                matches = withContacts
                    ? matches.Where(c => EF.Functions.Like(c.NameText, pattern, "\\") || EF.Functions.Like(c.ContactText, pattern, "\\"))
                    : matches.Where(c => EF.Functions.Like(c.NameText, pattern, "\\"));
                continue;
            }

            var second = Pattern(term, "-");
            matches = withContacts
                ? matches.Where(c => EF.Functions.Like(c.NameText, pattern, "\\") || EF.Functions.Like(c.NameText, second, "\\")
                    || EF.Functions.Like(c.ContactText, pattern, "\\"))
                : matches.Where(c => EF.Functions.Like(c.NameText, pattern, "\\") || EF.Functions.Like(c.NameText, second, "\\"));
        }

        return matches.Select(c => new CustomerMatch { Key = c.Id, Customer = c });
    }

    public IQueryable<ArticleMatch> MatchArticles(CrmDbContext db, IReadOnlyList<string> terms, bool any)
    {
        // Terms are letters and digits, so that nothing in them is a sign of the query.
        var query = string.Join(any ? " | " : " & ", terms.Select(t => $"'{t}':*"));
        return from text in db.ArticleTranslations
               where EF.Property<NpgsqlTsVector>(text, PostgresCrmDbContext.HelpWords).Matches(EF.Functions.ToTsQuery("simple", query))
               select new ArticleMatch
               {
                   Text = text,
                   Score = EF.Property<NpgsqlTsVector>(text, PostgresCrmDbContext.HelpWords)
                       .Rank(EF.Functions.ToTsQuery("simple", query)),
               };
    }

    public async Task<long> RaiseCounterAsync(CrmDbContext db, string name, long count, CancellationToken cancellationToken) =>
        (await db.Database.SqlQuery<long>($"""
            insert into "DailyCounters" ("Name", "Value") values ({name}, {count})
            on conflict ("Name") do update set "Value" = "DailyCounters"."Value" + {count} returning "Value"
            """).ToListAsync(cancellationToken)).Single();

    public Task<IReadOnlyList<long>> ReserveKeysAsync(CrmDbContext db, IEntityType type, int count, CancellationToken cancellationToken) =>
        PostgresBulkWriter.ReserveKeysAsync(db, type, count, cancellationToken);

    public Task BulkWriteAsync(CrmDbContext db, IEntityType type, IReadOnlyCollection<object> rows, CancellationToken cancellationToken) =>
        PostgresBulkWriter.WriteAsync(db, type, rows, cancellationToken);

    Task<int> IDatabaseProvider.BulkUpdateAsync(CrmDbContext db, BulkUpdate update, CancellationToken cancellationToken) =>
        PostgresBulkWriter.UpdateAsync(db, update, cancellationToken);

    public DateTimeOffset ReadInstant(DbDataReader row, int column) => new(row.GetDateTime(column), TimeSpan.Zero);

    public async Task LoadAsync(CrmDbContext db, Func<Task> load, CancellationToken cancellationToken)
    {
        await load();
        await db.Database.ExecuteSqlRawAsync("analyze", cancellationToken);
    }

    /// <summary>Nothing to do: the server has one cache for all.</summary>
    public Task PrepareForBulkWriteAsync(CrmDbContext db, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task LockAsync<T>(CrmDbContext db, IReadOnlyCollection<long> keys, CancellationToken cancellationToken)
        where T : class
    {
        // One order for everybody, so that two bulk edits cannot wait for each other.
        object rows = keys.ToArray();
        var table = db.Model.FindEntityType(typeof(T))!.GetTableName();
#pragma warning disable EF1002 // The name is the model's.
        await db.Database.ExecuteSqlRawAsync(
            $"""select 1 from "{table}" where "Id" = any(@p0) order by "Id" for update""", [rows], cancellationToken);
#pragma warning restore EF1002
    }

    /// <summary>Nothing to tell: the server clears away deleted rows and old log by itself, when its settings say.</summary>
    public Task EraseTracesAsync(CrmDbContext db, CancellationToken cancellationToken) => Task.CompletedTask;

    public string? ViolatedUniqueIndex(DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } violation
            ? violation.ConstraintName : null;

    public bool IsTransient(Exception exception) => exception.GetBaseException() switch
    {
        PostgresException postgres => postgres.IsTransient
            || postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
                or PostgresErrorCodes.CannotConnectNow,
        NpgsqlException or System.Net.Sockets.SocketException or TimeoutException => true,
        _ => false,
    };

    public bool IsFull(Exception exception) =>
        exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.DiskFull } || DiskSpace.IsFull(exception);

    public Task MarkAllAsync(CrmDbContext db, CancellationToken cancellationToken) => PostgresDayMarks.MarkAllAsync(db, cancellationToken);

    public bool HasOneProcess => false;

    public bool IsInProcess => false;

    public bool IsSomebodyWaiting => false;

    public async Task<IAsyncDisposable> UseAsync(DatabaseUse use, CancellationToken cancellationToken) =>
        await PostgresUse.OfAsync(_connectionString, use, _logging.CreateLogger<PostgresUse>(), cancellationToken);

    public IDatabaseBackup CreateBackup() => new PostgresBackup(_connectionString, () => CreateContext(null));

    public INodeChannel CreateChannel() => new PostgresNodeChannel(_connectionString, _logging.CreateLogger<PostgresNodeChannel>());

    /// <summary>
    /// Part of a text for three letters or more; the beginning of a word for fewer, since a pair alone has no triple to look up.
    /// </summary>
    /// <param name="before">What stands before the word: a blank, or the hyphen within a name.</param>
    private static string Pattern(string term, string before)
    {
        var literal = term.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal)
            .Replace("_", "\\_", StringComparison.Ordinal);
        return term.Length >= 3 ? $"%{literal}%" : $"%{before}{literal}%";
    }
}
