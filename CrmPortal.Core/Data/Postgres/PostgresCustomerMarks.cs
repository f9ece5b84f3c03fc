using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>
/// Triggers that mark a customer in the transaction of every change of what rules may ask of them, once for a statement. Each transaction
/// writes marks of its own, so that none waits for another's.
/// </summary>
internal static class PostgresCustomerMarks
{
    private const string Into =
        """insert into "StaleCustomers" ("Marked", "Writer") select distinct id, pg_current_xact_id()::text::bigint""";

    private static readonly string Functions = $"""
        create or replace function crm_mark_members() returns trigger language plpgsql as $mark$
        begin
          execute format('{Into} from (select %1$I as id from changed) c where id is not null on conflict do nothing', tg_argv[0]);
          return null;
        end $mark$;
        create or replace function crm_mark_moved_members() returns trigger language plpgsql as $mark$
        begin
          execute format('{Into} from (select %1$I as id from changed union all select %1$I from before) c where id is not null
            on conflict do nothing', tg_argv[0]);
          return null;
        end $mark$;
        {string.Join('\n', TrackedCustomers.Indirect.Select(i => $"""
            create or replace function {FunctionOf(i.Table, i.Column)}() returns trigger language plpgsql as $mark$
            begin
              {Into} from ({i.Customers}) c(id) on conflict do nothing;
              return null;
            end $mark$;
            """))}
        """;

    private static readonly IReadOnlyDictionary<string, string> Triggers = TrackedCustomers.All.SelectMany(t => new[]
    {
        ($"{t.Name}Insert", OnRows(t, "insert", "new table as changed", "crm_mark_members")),
        ($"{t.Name}Delete", OnRows(t, "delete", "old table as changed", "crm_mark_members")),
        ($"{t.Name}Update", OnRows(t, "update", "old table as before new table as changed", "crm_mark_moved_members")),
    }).Concat(TrackedCustomers.Indirect.Select(i => ($"{i.Table}Members{i.Column}", $"""
        after update of "{i.Column}" on "{i.Table}" for each row when (old."{i.Column}" is distinct from new."{i.Column}")
        execute function {FunctionOf(i.Table, i.Column)}()
        """))).ToDictionary(t => t.Item1, t => t.Item2);

    /// <summary>Makes what is missing, as in a new database and after a backup was restored.</summary>
    public static async Task EnsureAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        if (await CountAsync() == Triggers.Count) return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Nodes that start at once: the second finds what the first made.
        await db.Database.ExecuteSqlRawAsync("select pg_advisory_xact_lock(hashtext('crm.member_marks'))", cancellationToken);
        if (await CountAsync() != Triggers.Count)
        {
            await ExecuteAsync(db, Functions, cancellationToken);
            foreach (var (name, body) in Triggers)
                await ExecuteAsync(db, $"""create or replace trigger "{name}" {body}""", cancellationToken);
            await ExecuteAsync(db, TrackedCustomers.AskEverybody, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);

        async Task<int> CountAsync() => (await db.Database.SqlQuery<int>($"""
            select count(*)::int as "Value" from pg_trigger t join pg_class c on c.oid = t.tgrelid
            where c.relnamespace = current_schema()::regnamespace and t.tgname = any({Triggers.Keys.ToArray()})
            """).ToListAsync(cancellationToken)).Single();
    }

    private static string OnRows(TrackedCustomers t, string what, string tables, string function) => $"""
        after {what} on "{t.Table}" referencing {tables} for each statement execute function {function}('{t.Column}')
        """;

    private static string FunctionOf(string table, string column) => $"crm_mark_members_{table}_{column}".ToLowerInvariant();

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
