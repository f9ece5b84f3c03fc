using CrmPortal.Core.Analytics;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Postgres;

/// <summary>
/// Triggers that mark a customer in the transaction of every change of their orders and refunds. Each transaction writes marks of its own,
/// so that none waits for another's; rows that come or go in masses are marked once for the statement.
/// </summary>
internal static class PostgresBuyerMarks
{
    private const string Writer = "pg_current_xact_id()::text::bigint";

    private const string Functions = $"""
        create or replace function crm_mark_buyers() returns trigger language plpgsql as $mark$
        begin
          insert into "StaleBuyers" ("CustomerId", "Writer") select distinct "CustomerId", {Writer} from changed
            where "CustomerId" is not null on conflict do nothing;
          return null;
        end $mark$;
        create or replace function crm_mark_buyer() returns trigger language plpgsql as $mark$
        begin
          insert into "StaleBuyers" ("CustomerId", "Writer") select distinct id, {Writer}
            from (values (old."CustomerId"), (new."CustomerId")) as c(id) where id is not null on conflict do nothing;
          return null;
        end $mark$;
        """;

    private static readonly IReadOnlyDictionary<string, string> Triggers = TrackedBuyers.All.SelectMany(t => new[]
    {
        ($"{t.Table}BuyerInsert", OnRows(t, "insert", "new")),
        ($"{t.Table}BuyerDelete", OnRows(t, "delete", "old")),
        ($"{t.Table}BuyerUpdate", $"""
            after update of {string.Join(", ", t.Counted.Select(c => $"\"{c}\""))} on "{t.Table}" for each row
            when ({string.Join(" or ", t.Counted.Select(c => $"old.\"{c}\" is distinct from new.\"{c}\""))})
            execute function crm_mark_buyer()
            """),
    }).ToDictionary(t => t.Item1, t => t.Item2);

    /// <summary>Makes what is missing; what happened meanwhile was not marked, so that all customers are computed again.</summary>
    public static async Task EnsureAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        if (await CountAsync() == Triggers.Count) return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // Nodes that start at once: the second finds what the first made.
        await db.Database.ExecuteSqlRawAsync("select pg_advisory_xact_lock(hashtext('crm.buyer_marks'))", cancellationToken);
        if (await CountAsync() != Triggers.Count)
        {
#pragma warning disable EF1002 // The names are ours.
            await db.Database.ExecuteSqlRawAsync(Functions, cancellationToken);
            foreach (var (name, body) in Triggers)
                await db.Database.ExecuteSqlRawAsync($"""create or replace trigger "{name}" {body}""", cancellationToken);
#pragma warning restore EF1002
            await db.Settings.Where(s => s.Name == CohortZone.Setting).ExecuteDeleteAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);

        async Task<int> CountAsync() => (await db.Database.SqlQuery<int>($"""
            select count(*)::int as "Value" from pg_trigger t join pg_class c on c.oid = t.tgrelid
            where c.relnamespace = current_schema()::regnamespace and t.tgname = any({Triggers.Keys.ToArray()})
            """).ToListAsync(cancellationToken)).Single();
    }

    private static string OnRows(TrackedBuyers t, string what, string which) => $"""
        after {what} on "{t.Table}" referencing {which} table as changed for each statement execute function crm_mark_buyers()
        """;
}
