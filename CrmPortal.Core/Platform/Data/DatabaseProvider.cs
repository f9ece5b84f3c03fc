using System.Data.Common;
using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Live;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Core.Platform.Data;

/// <summary>Where the data lives.</summary>
public sealed class DatabaseOptions
{
    /// <summary><c>Sqlite</c> (embedded, the default) or <c>Postgres</c>.</summary>
    public string Provider { get; set; } = "Sqlite";

    /// <summary>Of the chosen provider; empty means a SQLite file in <c>App_Data</c>.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The folder of the database, its key file and other files of this installation.</summary>
    public string DataFolder { get; set; } = "App_Data";

    /// <summary>The folder of customers' documents, where it is not <c>documents</c> in <see cref="DataFolder"/>.</summary>
    public string DocumentPath { get; set; } = "";

    /// <summary>Where customers' documents lie; a backup takes them along.</summary>
    public string DocumentFolder => DocumentPath.Length > 0 ? DocumentPath : Path.Combine(DataFolder, "documents");
}

/// <summary>
/// Everything in which SQLite and PostgreSQL differ; no feature asks which of them it runs on. What a single feature asks of the
/// engine is an interface of that feature, which each provider has as well.
/// </summary>
public interface IDatabaseProvider
{
    /// <summary>A context for the actor of <paramref name="environment"/>; without one it records no changes.</summary>
    CrmDbContext CreateContext(SaveEnvironment? environment);

    /// <summary>
    /// A connection of the pool for the small reads that every request begins with, of which making a context would cost more than the
    /// read. Nothing is written by it.
    /// </summary>
    Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Checks the engine, migrates, and completes what migrations cannot hold.</summary>
    /// <exception cref="UnsuitableDatabaseException">The engine or the database is not fit; the message says what to do.</exception>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Raises a counter by <paramref name="count"/> in the running transaction and returns its new value.</summary>
    Task<long> RaiseCounterAsync(CrmDbContext db, string name, long count, CancellationToken cancellationToken);

    /// <summary>
    /// Keys for <paramref name="count"/> new rows of a table, in rising order, which no other transaction gets. For rows that
    /// are written by <see cref="BulkWriteAsync"/>.
    /// </summary>
    Task<IReadOnlyList<long>> ReserveKeysAsync<T>(CrmDbContext db, int count, CancellationToken cancellationToken)
        where T : class => ReserveKeysAsync(db, BulkColumns.TypeOf<T>(db), count, cancellationToken);

    /// <inheritdoc cref="ReserveKeysAsync{T}"/>
    Task<IReadOnlyList<long>> ReserveKeysAsync(CrmDbContext db, IEntityType type, int count, CancellationToken cancellationToken);

    /// <summary>
    /// Writes new rows with all their columns, keys included, in the running transaction and past the change tracker: for masses.
    /// The caller writes the change set and has derived what is derived.
    /// </summary>
    Task BulkWriteAsync<T>(CrmDbContext db, IReadOnlyCollection<T> rows, CancellationToken cancellationToken)
        where T : class => BulkWriteAsync(db, BulkColumns.TypeOf<T>(db), rows, cancellationToken);

    /// <inheritdoc cref="BulkWriteAsync{T}"/>
    Task BulkWriteAsync(CrmDbContext db, IEntityType type, IReadOnlyCollection<object> rows, CancellationToken cancellationToken);

    /// <summary>
    /// Gives columns of many rows new values in the running transaction and past the change tracker, by statements for many rows each.
    /// </summary>
    /// <returns>How many rows there were to change: fewer, where somebody else has changed or removed some.</returns>
    internal Task<int> BulkUpdateAsync(CrmDbContext db, BulkUpdate update, CancellationToken cancellationToken);

    /// <summary>
    /// Runs a load of masses, in transactions of its own, into tables that are empty. Where keeping indexes costs more than making
    /// them, they are put aside and made again afterwards, whatever happens to the load.
    /// </summary>
    Task LoadAsync(CrmDbContext db, Func<Task> load, CancellationToken cancellationToken);

    /// <summary>
    /// Reads an instant out of a row of a plain reader, for walks through millions of rows, where a reader of entities costs as much as the
    /// database.
    /// </summary>
    DateTimeOffset ReadInstant(DbDataReader row, int column);

    /// <summary>Makes room for a transaction that writes masses; until the connection is closed.</summary>
    Task PrepareForBulkWriteAsync(CrmDbContext db, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until no other transaction is changing these rows, and keeps others waiting until the running one ends. All locks of a
    /// table are taken in the order of its keys, so that nobody waits for somebody who waits for them.
    /// </summary>
    Task LockAsync<T>(CrmDbContext db, IReadOnlyCollection<long> keys, CancellationToken cancellationToken)
        where T : class;

    /// <summary>
    /// After somebody was removed permanently: rewrites what the engine keeps of deleted rows beside the tables, as far as it can be told
    /// to. Outside a transaction; what stays, and how long, is said in the operator's guide.
    /// </summary>
    Task EraseTracesAsync(CrmDbContext db, CancellationToken cancellationToken);

    /// <summary>The name of the unique index that a failed save ran into, or null for any other failure.</summary>
    string? ViolatedUniqueIndex(DbUpdateException exception);

    /// <summary>Whether the failure is transient: the database is busy, starting or not reachable.</summary>
    bool IsTransient(Exception exception);

    /// <summary>Whether the failure means that there is no room left on the disk of the database.</summary>
    bool IsFull(Exception exception);

    /// <summary>Whether the database serves one process only, so that what another one began was begun by one that is gone.</summary>
    bool HasOneProcess { get; }

    /// <summary>
    /// Whether the engine works within this process: then several plain statements cost less than one save of tracked rows, while over a
    /// network each costs a way there and back.
    /// </summary>
    bool IsInProcess { get; }

    /// <summary>
    /// Whether somebody in this process waits to begin a transaction, because another one writes; never where writers of different rows do
    /// not wait for each other. Whoever writes masses asks, and gives way.
    /// </summary>
    bool IsSomebodyWaiting { get; }

    /// <summary>Says that the database is in use until the answer is disposed of.</summary>
    /// <exception cref="UnsuitableDatabaseException">Somebody else uses it in a way that does not go together.</exception>
    Task<IAsyncDisposable> UseAsync(DatabaseUse use, CancellationToken cancellationToken);

    /// <summary>What copies the whole database to an archive and back.</summary>
    IDatabaseBackup CreateBackup();

    /// <summary>The way by which the nodes of this installation tell each other something.</summary>
    INodeChannel CreateChannel();
}

/// <summary>The database or its engine cannot serve; the message says in one sentence what to do.</summary>
public sealed class UnsuitableDatabaseException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Makes a context for the actor of the scope.</summary>
public sealed class CrmDbContextFactory(IDatabaseProvider provider, SaveEnvironment environment) : IDbContextFactory<CrmDbContext>
{
    public CrmDbContext CreateDbContext() => provider.CreateContext(environment);
}
