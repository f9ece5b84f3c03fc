using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// Triggers that mark a customer in the transaction of every change of what rules may ask of them, set-based statements and what the
/// database does by itself included.
/// </summary>
internal static class SqliteCustomerMarks
{
    private static readonly IReadOnlyDictionary<string, string> Triggers = TrackedCustomers.All.SelectMany(t => new[]
    {
        ($"{t.Name}Insert", $"after insert on {t.Table} begin {Mark($"new.{t.Column}")} end"),
        ($"{t.Name}Delete", $"after delete on {t.Table} begin {Mark($"old.{t.Column}")} end"),
        ($"{t.Name}Update", $"after update on {t.Table} begin {Mark($"new.{t.Column}")} end"),
    }).Concat(TrackedCustomers.All.Where(t => t.Column != "Id").Select(t => ($"{t.Name}Move",
        $"after update of {t.Column} on {t.Table} when old.{t.Column} is not new.{t.Column} begin {Mark($"old.{t.Column}")} end")))
        .Concat(TrackedCustomers.Indirect.Select(i => ($"{i.Table}Members{i.Column}", $"""
            after update of {i.Column} on {i.Table} when old.{i.Column} is not new.{i.Column}
            begin insert or ignore into StaleCustomers (Marked, Writer) select *, 0 from ({i.Customers}); end
            """))).ToDictionary(t => t.Item1, t => t.Item2);

    /// <summary>Makes what is missing, as in a new database and after a migration that rebuilt a table.</summary>
    public static async Task EnsureAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", Triggers.Keys.Select(n => $"'{n}'"));
#pragma warning disable EF1002 // The names are ours.
        var present = await db.Database.SqlQueryRaw<string>(
            $"select name as Value from sqlite_schema where type = 'trigger' and name in ({names})").ToListAsync(cancellationToken);
        if (present.Count == Triggers.Count) return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var (name, body) in Triggers)
            await db.Database.ExecuteSqlRawAsync($"drop trigger if exists {name}; create trigger {name} {body};", cancellationToken);
#pragma warning restore EF1002
        await db.Database.ExecuteSqlRawAsync(TrackedCustomers.AskEverybody, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>A ticket may be nobody's: then nobody is marked.</summary>
    private static string Mark(string customer) =>
        $"insert or ignore into StaleCustomers (Marked, Writer) select {customer}, 0 where {customer} is not null;";
}
