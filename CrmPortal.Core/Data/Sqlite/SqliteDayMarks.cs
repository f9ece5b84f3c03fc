using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// Triggers that mark an hour as stale in the transaction of every change of what is counted in it, set-based statements and what the
/// database does by itself included.
/// </summary>
internal static class SqliteDayMarks
{
    private const long MicrosecondsOfHour = 3_600_000_000;

    private static readonly IReadOnlyDictionary<string, string> Triggers = TrackedFigures.All.SelectMany(t => new[]
    {
        ($"{t.Table}DayInsert", $"after insert on {t.Table} begin {Mark($"new.{t.Instant}")} end"),
        ($"{t.Table}DayDelete", $"after delete on {t.Table} begin {Mark($"old.{t.Instant}")} end"),
        OnChange(t),
    }).Append(OnChange(TrackedFigures.FirstOrders)).ToDictionary(t => t.Item1, t => t.Item2);

    /// <summary>
    /// Makes what is missing, as in a new database and after a migration that rebuilt a table; what happened meanwhile was not marked, so
    /// that everything is.
    /// </summary>
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
        await MarkAllAsync(db, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public static async Task MarkAllAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
#pragma warning disable EF1002 // The names are ours.
        foreach (var table in TrackedFigures.All)
            await db.Database.ExecuteSqlRawAsync(
                $"insert or ignore into StaleHours (Hour, Writer) select distinct {Hour(table.Instant)}, 0 from {table.Table}",
                cancellationToken);
#pragma warning restore EF1002
    }

    private static (string, string) OnChange(TrackedFigures t)
    {
        var differs = string.Join(" or ", t.Counted.Select(c => $"old.{c} is not new.{c}"));
        return ($"{t.Table}DayUpdate", $"""
            after update of {string.Join(", ", t.Counted)} on {t.Table} when {differs}
            begin {Mark($"old.{t.Instant}")} {Mark($"new.{t.Instant}")} end
            """);
    }

    private static string Mark(string instant) =>
        $"insert or ignore into StaleHours (Hour, Writer) select {Hour(instant)}, 0 where {instant} is not null;";

    /// <summary>The whole hours, rounded down before 1970 too.</summary>
    private static string Hour(string instant) =>
        $"({instant} / {MicrosecondsOfHour} - ({instant} % {MicrosecondsOfHour} < 0))";
}
