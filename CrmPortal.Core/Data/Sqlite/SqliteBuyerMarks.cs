using CrmPortal.Core.Analytics;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>Triggers that mark a customer in the transaction of every change of their orders and refunds.</summary>
internal static class SqliteBuyerMarks
{
    private static readonly IReadOnlyDictionary<string, string> Triggers = TrackedBuyers.All.SelectMany(t => new[]
    {
        ($"{t.Table}BuyerInsert", $"after insert on {t.Table} when new.CustomerId is not null begin {Mark("new")} end"),
        ($"{t.Table}BuyerDelete", $"after delete on {t.Table} when old.CustomerId is not null begin {Mark("old")} end"),
        ($"{t.Table}BuyerUpdate", $"""
            after update of {string.Join(", ", t.Counted)} on {t.Table}
            when {string.Join(" or ", t.Counted.Select(c => $"old.{c} is not new.{c}"))} begin {Mark("old")} {Mark("new")} end
            """),
    }).ToDictionary(t => t.Item1, t => t.Item2);

    /// <summary>Makes what is missing; what happened meanwhile was not marked, so that all customers are computed again.</summary>
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
        await db.Settings.Where(s => s.Name == CohortZone.Setting).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static string Mark(string row) => $"""
        insert or ignore into StaleBuyers (CustomerId, Writer) select {row}.CustomerId, 0 where {row}.CustomerId is not null;
        """;
}
