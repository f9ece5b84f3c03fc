using CrmPortal.Core.Platform.Backup;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>
/// Makes the schema of the backup again and fills it, within the transaction of its connection: until the commit everybody
/// sees what was there before.
/// </summary>
internal sealed class PostgresRestore(NpgsqlConnection connection, Func<CrmDbContext> createContext)
{
    public async Task RunAsync(BackupReader archive, IProgress<string> progress, CancellationToken cancellationToken)
    {
        await ExecuteAsync(DropEverything);
        await ExecuteAsync(SchemaScript(archive.Manifest.Migration));
        var tables = await PostgresCatalogue.TablesAsync(connection, cancellationToken);
        if (!archive.Manifest.Tables.Select(t => t.Name).Order(StringComparer.Ordinal)
            .SequenceEqual(tables.Where(t => t != PostgresBackup.HistoryTable).Order(StringComparer.Ordinal)))
            throw new BackupException("It holds other tables than this program makes.");

        // Rows come in the order of the tables' names, and an index is made faster than kept.
        var later = await PostgresCatalogue.ColumnAsync(connection, MadeLater, cancellationToken);
        await ExecuteAsync(DropLater);
        foreach (var table in archive.Manifest.Tables)
        {
            progress.Report($"Writing {table.Name}");
            await FillAsync(archive, table, cancellationToken);
        }

        progress.Report("Making indexes and checking references");
        await ExecuteAsync(MoreMemory);
        foreach (var statement in later) await ExecuteAsync(statement);
        foreach (var (name, last) in archive.Manifest.Sequences)
            await ExecuteAsync(
            $"select setval('{PostgresCatalogue.Quote(name).Replace("'", "''", StringComparison.Ordinal)}', {PostgresCatalogue.Number(last)})");

        async Task ExecuteAsync(string sql) => await PostgresCatalogue.ExecuteAsync(connection, sql, cancellationToken);
    }

    private async Task FillAsync(BackupReader archive, BackupTable table, CancellationToken cancellationToken)
    {
        var (entry, columns) = PostgresBackup.RowsOf(table);
        var present = await PostgresCatalogue.ColumnsAsync(connection, table.Name, cancellationToken);
        if (!present.Order(StringComparer.Ordinal).SequenceEqual(columns.Order(StringComparer.Ordinal)))
            throw new BackupException($"Its table {table.Name} has other columns than this program makes.");
        // Migrations may have put rows of their own here.
        await PostgresCatalogue.ExecuteAsync(connection, $"delete from {PostgresCatalogue.Quote(table.Name)}", cancellationToken);
        var rows = new CopyRows(columns.Count);
        await using var target = await connection.BeginRawBinaryCopyAsync(
            $"copy {PostgresCatalogue.Quote(table.Name)} ({string.Join(", ", columns.Select(PostgresCatalogue.Quote))}) from stdin (format binary)",
            cancellationToken);
        try
        {
            await archive.ReadAsync(entry, part => PostgresBackup.PumpAsync(part, target, rows, cancellationToken), cancellationToken);
            PostgresBackup.Compare(table, rows);
        }
        catch
        {
            try
            {
                await target.CancelAsync();
            }
            catch (NpgsqlException)
            {
                // The server has refused the rows as well; what is wrong with the part says more.
            }

            throw;
        }
    }

    private string SchemaScript(string migration)
    {
        using var db = createContext();
        // The script would begin and end transactions of its own, within which nothing could be rolled back.
        return db.GetService<IMigrator>()
            .GenerateScript(Migration.InitialDatabase, migration, MigrationsSqlGenerationOptions.NoTransactions);
    }

    /// <summary>
    /// An index is sorted in memory where it fits; whoever gave the server more keeps it. It holds until the transaction ends.
    /// </summary>
    private const string MoreMemory = """
        select set_config('maintenance_work_mem', '256MB', true)
        where pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('256MB')
        """;

    /// <summary>Everything of our schema but what extensions brought.</summary>
    private const string DropEverything = """
        do $$
        declare statement text;
        begin
          for statement in
            select format('drop %s if exists %I.%I cascade', case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, current_schema(), c.relname)
            from pg_class c
            where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
              and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')
          loop execute statement; end loop;
          for statement in
            select format('drop routine if exists %s cascade', p.oid::regprocedure)
            from pg_proc p
            where p.pronamespace = current_schema()::regnamespace and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
          loop execute statement; end loop;
        end $$
        """;

    /// <summary>
    /// The statements that make the references between tables, and the indexes that no constraint needs, in an order that works.
    /// </summary>
    private const string MadeLater = """
        select statement from (
          select 1 as place, i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as statement
          from pg_index i join pg_class t on t.oid = i.indrelid
          where t.relnamespace = current_schema()::regnamespace and t.relkind = 'r' and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
          union all
          select 2, c.conname, format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid))
          from pg_constraint c join pg_class t on t.oid = c.conrelid
          where t.relnamespace = current_schema()::regnamespace and c.contype = 'f'
        ) made order by place, name
        """;

    private const string DropLater = """
        do $$
        declare statement text;
        begin
          for statement in
            select format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname)
            from pg_constraint c join pg_class t on t.oid = c.conrelid
            where t.relnamespace = current_schema()::regnamespace and c.contype = 'f'
          loop execute statement; end loop;
          for statement in
            select format('drop index %s', i.indexrelid::regclass)
            from pg_index i join pg_class t on t.oid = i.indrelid
            where t.relnamespace = current_schema()::regnamespace and t.relkind = 'r' and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
          loop execute statement; end loop;
        end $$
        """;
}
