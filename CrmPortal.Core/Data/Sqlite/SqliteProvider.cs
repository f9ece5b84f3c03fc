using System.Data.Common;
using System.Text.RegularExpressions;
using CrmPortal.Core.Customers;
using CrmPortal.Core.HelpCentre;
using CrmPortal.Core.Overview;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Platform.Search;
using CrmPortal.Core.Tickets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>The embedded database: one file, one process that writes.</summary>
public sealed partial class SqliteProvider : IDatabaseProvider, ICustomerSearch, ITicketSearch, IHelpSearchIndex, IDayMarks
{
    private const int MostIdleContexts = 128;
    private const int DiskFull = 13;
    private const int UniqueViolation = 2067;
    private const int PrimaryKeyViolation = 1555;
    private static readonly Version OldestEngine = new(3, 38);

    private readonly PooledDbContextFactory<SqliteCrmDbContext> _contexts;
    private readonly string _file;
    private readonly string _connectionString;

    public SqliteProvider(DatabaseOptions options, IEnumerable<IInterceptor> interceptors, ILoggerFactory logging)
    {
        // Foreign keys are a matter of SqliteConnectionSetup; said here too, they would be a statement of each opening.
        var connection = new SqliteConnectionStringBuilder(options.ConnectionString) { ForeignKeys = null, DefaultTimeout = 30 };
        if (connection.DataSource.Length == 0) connection.DataSource = Path.Combine(options.DataFolder, "crm.db");
        _file = connection.DataSource;
        _connectionString = connection.ConnectionString;
        var builder = new DbContextOptionsBuilder<SqliteCrmDbContext>()
            .UseSqlite(_connectionString, sqlite => sqlite.UseQuerySplittingBehavior(QuerySplittingBehavior.SplitQuery)
                // A list is sent as one value: a parameter for each of a thousand keys is slow, and each number of them another statement.
                .UseParameterizedCollectionMode(ParameterTranslationMode.Parameter))
            .ConfigureWarnings(CrmDbContext.Expect)
            .ReplaceService<Microsoft.EntityFrameworkCore.Storage.IRelationalTransactionFactory, SqliteTransactions>()
            .AddInterceptors([new SqliteConnectionSetup(), Writers, .. interceptors]);
        builder.UseLogging(logging);
        _contexts = new(builder.Options, MostIdleContexts);
    }

    static SqliteProvider()
    {
        Batteries_V2.Init();
        // The engine counts the memory it takes under one lock for all connections, and nobody asks it how much that is. Where it has
        // begun to work already, it says so and goes on counting.
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    internal SqliteWriters Writers { get; } = new();

    public CrmDbContext CreateContext(SaveEnvironment? environment) => _contexts.CreateDbContext().Begin(this, environment);

    public Task<DbConnection> OpenAsync(CancellationToken cancellationToken) =>
        new SqliteConnection(_connectionString).OpenedAsync(cancellationToken);

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(_file) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        await using var db = CreateContext(null);
        await DatabaseMigration.RunAsync(db, cancellationToken);
        await CheckEngineAsync(db, cancellationToken);
        await SqliteLoad.FinishAsync(db, cancellationToken);
        await SqliteSearchIndex.EnsureAsync(db, cancellationToken);
        await SqliteTicketIndex.EnsureAsync(db, cancellationToken);
        await SqliteHelpIndex.EnsureAsync(db, cancellationToken);
        await SqliteDayMarks.EnsureAsync(db, cancellationToken);
        await SqliteCustomerMarks.EnsureAsync(db, cancellationToken);
        await SqliteBuyerMarks.EnsureAsync(db, cancellationToken);
        await db.Database.ExecuteSqlRawAsync("pragma optimize", cancellationToken);
        await SqliteStatistics.SettleAsync(db, cancellationToken);
    }

    public Task<IReadOnlyList<long>> FindTicketsAsync(CrmDbContext db, IReadOnlyList<TicketTerm> terms, int most,
        CancellationToken cancellationToken) => SqliteTicketIndex.FindAsync(db, terms, most, cancellationToken);

    public IQueryable<CustomerMatch> MatchCustomers(CrmDbContext db, IReadOnlyList<string> terms, bool withContacts)
    {
        var sqlite = (SqliteCrmDbContext)db;
        // An index narrows the search down; the texts themselves decide, so that both databases answer alike.
        var triples = terms.Where(SqliteSearchIndex.HasTriple).ToList();
        var words = terms.Where(t => t.Length < 3 && SqliteSearchIndex.IsWord(t)).ToList();
        IQueryable<long>? hits = null;
        if (triples.Count > 0)
        {
            var query = SqliteSearchIndex.MatchParts(triples, withContacts);
            hits = sqlite.CustomerTrigrams.Where(t => t.Match == query).Select(t => t.RowId);
        }
        else if (words.Count > 0)
        {
            var query = SqliteSearchIndex.MatchWords(words, withContacts);
            hits = sqlite.CustomerWords.Where(w => w.Match == query).Select(w => w.RowId);
        }

        // One or two signs that belong to no word are in no index.
        if (hits is null) return Holding(db.Customers.Select(c => new CustomerMatch { Key = c.Id, Customer = c }), terms, withContacts);
        var waiting = sqlite.CustomersToIndex.Select(w => w.Id);
        var customers = db.Customers.AsQueryable();
        // The index gives its hits newest first, which those who wait would have to be sorted into. They are few and seldom what is looked
        // for, and the engine works within the process: it is asked first. Joined this way it begins with those who wait.
        if (Holding(waiting.SelectMany(_ => customers, (id, c) => new CustomerMatch { Key = id, Customer = c })
            .Where(m => m.Customer.Id == m.Key), terms, withContacts).Any())
        {
            hits = hits.Concat(waiting);
            return Holding(db.Customers.Where(c => hits.Contains(c.Id)).Select(c => new CustomerMatch { Key = c.Id, Customer = c }),
                terms, withContacts);
        }

        return Holding(hits.Join(db.Customers, id => id, c => c.Id, (id, c) => new CustomerMatch { Key = id, Customer = c }), terms,
            withContacts);
    }

    public async Task IndexWaitingAsync(CancellationToken cancellationToken)
    {
        await using var db = CreateContext(null);
        await SqliteSearchIndex.CatchUpAsync(db, cancellationToken);
    }

    /// <summary>Those of the customers in whose texts every term occurs.</summary>
    private static IQueryable<CustomerMatch> Holding(IQueryable<CustomerMatch> matches, IReadOnlyList<string> terms, bool withContacts)
    {
        // Of one or two letters it must be the beginning of a word, which may also be the second part of a name with a hyphen.
        foreach (var (part, second) in terms.Select(t => t.Length < 3 ? (" " + t, "-" + t) : (t, t)))
        {
            matches = withContacts
                ? matches.Where(m => m.Customer.NameText.Contains(part) || m.Customer.NameText.Contains(second)
                    || m.Customer.ContactText.Contains(part))
                : matches.Where(m => m.Customer.NameText.Contains(part) || m.Customer.NameText.Contains(second));
        }

        return matches;
    }

    public IQueryable<ArticleMatch> MatchArticles(CrmDbContext db, IReadOnlyList<string> terms, bool any)
    {
        var query = SqliteHelpIndex.Match(terms, any);
        // The index's own rank is smaller for what fits better.
        return from hit in ((SqliteCrmDbContext)db).HelpWords
               where hit.Match == query
               join text in db.ArticleTranslations on hit.RowId equals text.Id
               select new ArticleMatch { Text = text, Score = -hit.Rank };
    }

    public async Task<long> RaiseCounterAsync(CrmDbContext db, string name, long count, CancellationToken cancellationToken)
    {
        // Beginning a transaction is how one stands in the line of writers.
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var value = await SqliteBulkWriter.RaiseCounterAsync(db, name, count, cancellationToken);
        if (own is not null) await own.CommitAsync(cancellationToken);
        return value;
    }

    public Task<IReadOnlyList<long>> ReserveKeysAsync(CrmDbContext db, IEntityType type, int count, CancellationToken cancellationToken) =>
        SqliteBulkWriter.ReserveKeysAsync(db, type, count, cancellationToken);

    public Task BulkWriteAsync(CrmDbContext db, IEntityType type, IReadOnlyCollection<object> rows, CancellationToken cancellationToken) =>
        SqliteBulkWriter.WriteAsync(db, type, rows, cancellationToken);

    Task<int> IDatabaseProvider.BulkUpdateAsync(CrmDbContext db, BulkUpdate update, CancellationToken cancellationToken) =>
        SqliteBulkWriter.UpdateAsync(db, update, cancellationToken);

    public DateTimeOffset ReadInstant(DbDataReader row, int column) => MicrosecondsConverter.Instant(row.GetInt64(column));

    public Task LoadAsync(CrmDbContext db, Func<Task> load, CancellationToken cancellationToken) =>
        SqliteLoad.RunAsync(db, load, cancellationToken);

    /// <summary>
    /// Indexes that do not fit into the cache of a connection are written and read back again and again; whoever opens the connection next
    /// has the usual cache.
    /// </summary>
    public Task PrepareForBulkWriteAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync("pragma cache_size = -262144", cancellationToken);

    /// <summary>Nothing to do: a transaction of ours begins as the only one that writes.</summary>
    public Task LockAsync<T>(CrmDbContext db, IReadOnlyCollection<long> keys, CancellationToken cancellationToken)
        where T : class => Task.CompletedTask;

    /// <summary>
    /// The full-text index keeps the words of deleted rows until its segments are merged, the write-ahead log deleted pages until it is
    /// emptied. Where somebody reads at this moment, the log is emptied by a later one.
    /// </summary>
    public async Task EraseTracesAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        await SqliteSearchIndex.CatchUpAsync(db, cancellationToken);
        await SqliteSearchIndex.OptimizeAsync(db, cancellationToken);
        await SqliteTicketIndex.OptimizeAsync(db, cancellationToken);
        await db.Database.ExecuteSqlRawAsync("pragma wal_checkpoint(truncate)", cancellationToken);
    }

    public string? ViolatedUniqueIndex(DbUpdateException exception)
    {
        if (exception.InnerException is not SqliteException { SqliteExtendedErrorCode: UniqueViolation or PrimaryKeyViolation } violation)
            return null;
        // "UNIQUE constraint failed: Customers.EmailKey" or "… index 'IX_Customers_EmailKey'"
        var columns = UniqueColumns().Match(violation.Message);
        return columns.Success ? $"IX_{columns.Groups["table"].Value}_{columns.Groups["column"].Value}" : violation.Message;
    }

    public bool IsTransient(Exception exception) =>
        exception.GetBaseException() is SqliteException { SqliteErrorCode: 5 or 6 };

    public bool IsFull(Exception exception) =>
        exception.GetBaseException() is SqliteException { SqliteErrorCode: DiskFull } || DiskSpace.IsFull(exception);

    public Task MarkAllAsync(CrmDbContext db, CancellationToken cancellationToken) => SqliteDayMarks.MarkAllAsync(db, cancellationToken);

    public bool HasOneProcess => true;

    public bool IsInProcess => true;

    public bool IsSomebodyWaiting => Writers.IsSomebodyWaiting;

    public Task<IAsyncDisposable> UseAsync(DatabaseUse use, CancellationToken cancellationToken) =>
        Task.FromResult<IAsyncDisposable>(SqliteUse.Of(_file, use));

    public IDatabaseBackup CreateBackup() => new SqliteBackup(_file, Known);

    public INodeChannel CreateChannel() => new LocalNodeChannel();

    private List<string> Known()
    {
        using var db = CreateContext(null);
        return [.. db.Database.GetMigrations()];
    }

    private static async Task CheckEngineAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var version = await Read<string>("select sqlite_version() as Value");
        if (new Version(version) < OldestEngine)
            throw new UnsuitableDatabaseException($"SQLite {version} is too old; install SQLite {OldestEngine} or newer.");
        // A copy that another program has made may be in another mode; asking for this one changes it where that is possible.
        if ((await db.Database.SqlQueryRaw<string>("pragma journal_mode = wal").ToListAsync(cancellationToken))[0] is var mode and not "wal")
            throw new UnsuitableDatabaseException(
                $"The database file does not allow write-ahead logging (its journal mode is {mode}); put it on a local disk.");
        if (await Read<long>("select foreign_keys as Value from pragma_foreign_keys") != 1)
            throw new UnsuitableDatabaseException("This SQLite library does not check foreign keys; install another one.");
        if (await Read<long>("select synchronous as Value from pragma_synchronous") != 2)
            throw new UnsuitableDatabaseException(
                "This SQLite library does not write durably (synchronous is not FULL); install another one.");
        if (await Read<long>("select count(*) as Value from pragma_compile_options where compile_options = 'ENABLE_FTS5'") == 0)
            throw new UnsuitableDatabaseException("This SQLite library has no full-text search (FTS5); install one that has it.");

        async Task<T> Read<T>(string sql) => (await db.Database.SqlQueryRaw<T>(sql).ToListAsync(cancellationToken)).Single();
    }

    [GeneratedRegex(@"failed: (?<table>\w+)\.(?<column>\w+)")]
    private static partial Regex UniqueColumns();
}
