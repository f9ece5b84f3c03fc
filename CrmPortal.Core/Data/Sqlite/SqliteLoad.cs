using System.Data.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// Puts indexes and the triggers of the search aside for a load of masses. What is aside is in a table, so that a load which
/// died leaves nothing missing: the next start makes it again.
/// </summary>
internal static class SqliteLoad
{
    private const string Aside = "IndexesAside";

    private const string PutAside = """
        create table IndexesAside (Name text primary key, Sql text not null);
        insert into IndexesAside select name, sql from sqlite_schema where type = 'index' and sql is not null and tbl_name in
          ('Customers', 'Addresses', 'CustomerTags', 'AuditEntries', 'Orders', 'OrderLines', 'Refunds', 'RefundLines');
        """ + SqliteSearchIndex.DropTriggers;

    public static async Task RunAsync(CrmDbContext db, Func<Task> load, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await FinishAsync(db, cancellationToken);
            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                await db.Database.ExecuteSqlRawAsync(PutAside, cancellationToken);
                foreach (var name in await db.Database.SqlQueryRaw<string>("select Name as Value from IndexesAside")
                    .ToListAsync(cancellationToken))
                    await RunAsync(db, $"drop index \"{name}\"", cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            try
            {
                await RunAsync(db, "pragma cache_size = -131072", cancellationToken);
                await load();
            }
            finally
            {
                await FinishAsync(db, CancellationToken.None);
                await SqliteSearchIndex.EnsureAsync(db, CancellationToken.None);
            }

            await RunAsync(db, "analyze", cancellationToken);
            await SqliteStatistics.SettleAsync(db, cancellationToken);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Makes what was put aside and not made again.</summary>
    public static async Task FinishAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        if ((await db.Database.SqlQueryRaw<long>($"select count(*) as Value from sqlite_schema where name = '{Aside}'")
            .ToListAsync(cancellationToken))[0] == 0) return;
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            // Sorting many rows goes through files; in memory it would take as much as the index.
            await RunAsync(db, "pragma temp_store = file; pragma threads = 2", cancellationToken);
            foreach (var index in await db.Database.SqlQueryRaw<string>($"select Sql as Value from {Aside} order by Name")
                .ToListAsync(cancellationToken))
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await RunAsync(db, index, cancellationToken);
                await db.Database.ExecuteSqlAsync($"delete from IndexesAside where Sql = {index}", cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            await RunAsync(db, $"drop table {Aside}", cancellationToken);
        }
        finally
        {
            await RunAsync(db, "pragma temp_store = memory; pragma threads = 0", CancellationToken.None);
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Runs a statement of ours that may take long and holds no values.</summary>
    private static async Task RunAsync(CrmDbContext db, string sql, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        command.Transaction =
            (db.Database.CurrentTransaction as IInfrastructure<DbTransaction>)?.Instance;
        SqliteConnectionSetup.Watch(command);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
