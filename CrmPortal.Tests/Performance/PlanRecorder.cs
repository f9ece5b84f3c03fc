using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CrmPortal.Tests.Performance;

/// <summary>Asks SQLite, before each query of the program, how it will answer it.</summary>
internal sealed class PlanRecorder : DbCommandInterceptor
{
    private const long Large = 1_000_000;

    private readonly ConcurrentQueue<string> _plans = [];

    /// <summary>Each query with the lines of its plan.</summary>
    public IReadOnlyList<string> Plans => [.. _plans];

    public void Clear() => _plans.Clear();

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData,
        InterceptionResult<DbDataReader> result)
    {
        Record(command);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
    {
        Record(command);
        return new(result);
    }

    /// <summary>SQLite answers within the process: there is nothing to wait for.</summary>
    private void Record(DbCommand command)
    {
        if (!IsQuery(command.CommandText)) return;
        using var question = command.Connection!.CreateCommand();
        question.Transaction = command.Transaction;
        question.CommandText = "explain query plan " + command.CommandText;
        foreach (DbParameter parameter in command.Parameters)
        {
            var copy = question.CreateParameter();
            (copy.ParameterName, copy.Value) = (parameter.ParameterName, parameter.Value);
            question.Parameters.Add(copy);
        }

        var lines = new List<string> { command.CommandText };
        using var reader = question.ExecuteReader();
        while (reader.Read()) lines.Add("  " + reader.GetString(3));
        _plans.Enqueue(string.Join('\n', lines));
    }

    /// <summary>Whether a statement is a query; its tags stand before it as comments.</summary>
    private static bool IsQuery(ReadOnlySpan<char> sql)
    {
        sql = sql.TrimStart();
        while (sql.StartsWith("--") && sql.Contains('\n')) sql = sql[(sql.IndexOf('\n') + 1)..].TrimStart();
        return sql.StartsWith("select", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Has SQLite plan for a million rows in each table, as alike and as different as those there are.</summary>
    public static async Task PretendLargeAsync(DbContext db)
    {
        await db.Database.ExecuteSqlRawAsync("analyze");
        var figures = (await db.Database
            .SqlQueryRaw<string>("select tbl || '|' || coalesce(idx, '') || '|' || stat as Value from sqlite_stat1").ToListAsync())
            .ConvertAll(figure => figure.Split('|') is var parts ? (Table: parts[0], Index: parts[1], Stat: parts[2].Split(' ')) : default);
        foreach (var table in figures.GroupBy(f => f.Table))
        {
            var rows = table.Max(f => Number(f.Stat[0]));
            // What has no figures is taken for large as well.
            if (rows < 2) await db.Database.ExecuteSqlAsync($"delete from sqlite_stat1 where tbl = {table.Key}");
            // An index of some rows alone has as few of them in a large table.
            foreach (var (_, index, stat) in table.Where(f => rows > 1 && Number(f.Stat[0]) == rows))
            {
                var larger = string.Join(' ', stat.Select(n => n is "1" || !char.IsAsciiDigit(n[0]) ? n
                    : (Number(n) * Large / rows).ToString(CultureInfo.InvariantCulture)));
                await db.Database.ExecuteSqlAsync(
                    $"update sqlite_stat1 set stat = {larger} where tbl = {table.Key} and coalesce(idx, '') = {index}");
            }
        }

        // This connection reads the figures now, the others when they see that the schema has changed.
        await db.Database.ExecuteSqlRawAsync("analyze sqlite_schema; create table Changed (Id integer); drop table Changed;");

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>Tables read from end to end; reading what the query itself gathered before does not count.</summary>
    public static IEnumerable<string> Scans(string plan)
    {
        var lines = plan.Split('\n').Select(l => l.Trim()).ToList();
        var gathered = lines.Where(l => l.StartsWith("MATERIALIZE ", StringComparison.Ordinal)
            || l.StartsWith("CO-ROUTINE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[1]).ToHashSet();
        return lines.Where(l => l.StartsWith("SCAN ", StringComparison.Ordinal) && !l.Contains("VIRTUAL TABLE", StringComparison.Ordinal)
            && !l.Contains("CONSTANT ROW", StringComparison.Ordinal) && !gathered.Contains(l.Split(' ')[1])
            // Those who wait for the index of the search are few.
            && !plan.Contains($"\"CustomersToIndex\" AS \"{l.Split(' ')[1]}\"", StringComparison.Ordinal));
    }
}
