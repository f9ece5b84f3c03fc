using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>
/// Triggers that mark an hour as stale in the transaction of every change of what is counted in it. Each transaction writes marks of its
/// own, so that none waits for another's; rows that come or go in masses are marked once for the statement.
/// </summary>
internal static class PostgresDayMarks
{
    private const string Writer = "pg_current_xact_id()::text::bigint";

    private static readonly string Functions = $"""
        create or replace function crm_mark_rows() returns trigger language plpgsql as $mark$
        begin
          execute format('insert into "StaleHours" ("Hour", "Writer") select distinct {Hour("%1$I")}, {Writer} from changed
            where %1$I is not null on conflict do nothing', tg_argv[0]);
          return null;
        end $mark$;
        create or replace function crm_mark_change() returns trigger language plpgsql as $mark$
        begin
          execute format('insert into "StaleHours" ("Hour", "Writer") select distinct {Hour("at")}, {Writer}
            from (values (($1).%1$I), (($2).%1$I)) as c(at) where at is not null on conflict do nothing', tg_argv[0]) using old, new;
          return null;
        end $mark$;
        """;

    private static readonly IReadOnlyDictionary<string, string> Triggers = TrackedFigures.All.SelectMany(t => new[]
    {
        ($"{t.Table}DayInsert", OnRows(t, "insert", "new")),
        ($"{t.Table}DayDelete", OnRows(t, "delete", "old")),
        OnChange(t),
    }).Append(OnChange(TrackedFigures.FirstOrders)).ToDictionary(t => t.Item1, t => t.Item2);

    /// <summary>
    /// Makes what is missing, as in a new database and after a backup was restored; what happened meanwhile was not marked, so that
    /// everything is.
    /// </summary>
    public static async Task EnsureAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        if (await CountAsync() == Triggers.Count) return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Nodes that start at once: the second finds what the first made.
        await db.Database.ExecuteSqlRawAsync("select pg_advisory_xact_lock(hashtext('crm.day_marks'))", cancellationToken);
        if (await CountAsync() != Triggers.Count)
        {
            await ExecuteAsync(db, Functions, cancellationToken);
            foreach (var (name, body) in Triggers)
                await ExecuteAsync(db, $"""create or replace trigger "{name}" {body}""", cancellationToken);
            await MarkAllAsync(db, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);

        async Task<int> CountAsync() => (await db.Database.SqlQuery<int>($"""
            select count(*)::int as "Value" from pg_trigger t join pg_class c on c.oid = t.tgrelid
            where c.relnamespace = current_schema()::regnamespace and t.tgname = any({Triggers.Keys.ToArray()})
            """).ToListAsync(cancellationToken)).Single();
    }

    public static async Task MarkAllAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        foreach (var table in TrackedFigures.All)
            await ExecuteAsync(db, $"""
                insert into "StaleHours" ("Hour", "Writer") select distinct {Hour($"\"{table.Instant}\"")}, {Writer} from "{table.Table}"
                on conflict do nothing
                """, cancellationToken);
    }

    private static string OnRows(TrackedFigures t, string what, string which) => $"""
        after {what} on "{t.Table}" referencing {which} table as changed for each statement
        execute function crm_mark_rows('{t.Instant}')
        """;

    private static (string, string) OnChange(TrackedFigures t)
    {
        var columns = string.Join(", ", t.Counted.Select(c => $"\"{c}\""));
        var differs = string.Join(" or ", t.Counted.Select(c => $"old.\"{c}\" is distinct from new.\"{c}\""));
        return ($"{t.Table}DayUpdate", $"""
            after update of {columns} on "{t.Table}" for each row when ({differs}) execute function crm_mark_change('{t.Instant}')
            """);
    }

    private static string Hour(string instant) => $"floor(extract(epoch from {instant}) / 3600)::bigint";

    /// <summary>Nothing but names of ours is in these statements; they hold signs that EF would take for places of values.</summary>
    private static async Task ExecuteAsync(CrmDbContext db, string sql, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        await db.Database.OpenConnectionAsync(cancellationToken);
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
