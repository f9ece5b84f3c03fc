using System.Globalization;
using CrmPortal.Core.Platform.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// Takes out of the planner's figures what misleads it. It believes them for as long as nobody measures again: a table that had one
/// row then is read whole when it has a million, and an index under which each key stood once then is sorted, not followed, for the
/// one key under which fifty thousand stand now. Without a figure it takes a table for big, which holds.
/// </summary>
internal static class SqliteStatistics
{
    /// <summary>A table with fewer rows is read quickly by any plan, and may be bigger tomorrow.</summary>
    private const long SmallTable = 10_000;

    /// <summary>Settles the figures that <c>analyze</c> left, on an open connection.</summary>
    public static async Task SettleAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(db, "sqlite_stat1", cancellationToken)) return;
        await db.Database.ExecuteSqlAsync($"""
            delete from sqlite_stat1 where tbl not like 'sqlite_%' and tbl in
              (select tbl from sqlite_stat1 group by tbl having max(cast(stat as integer)) < {SmallTable})
            """, cancellationToken);
        // An index without a definition is that of a key of several columns.
        foreach (var figure in await db.Database.SqlQueryRaw<Figure>("""
            select s.idx as "Index", s.stat as Stat, coalesce(i.sql like 'CREATE UNIQUE%', 1) as IsUnique,
                (select group_concat(name, ' ') from (select name from pragma_index_info(s.idx) order by seqno)) as "Columns"
            from sqlite_stat1 s join sqlite_schema i on i.type = 'index' and i.name = s.idx
            """).ToListAsync(cancellationToken))
        {
            var settled = Settle(figure.Stat, figure.Columns, figure.IsUnique);
            if (settled != figure.Stat)
                await db.Database.ExecuteSqlAsync($"update sqlite_stat1 set stat = {settled} where idx = {figure.Index}",
                cancellationToken);
        }

        // Makes the figures known to this connection; others read them when they open.
        await db.Database.ExecuteSqlRawAsync("analyze sqlite_schema", cancellationToken);
    }

    /// <summary>
    /// At least two rows for every leading part of an index that does not name one row by its key, and one for the whole of a unique
    /// index, also where most of its rows are blank, which count as alike: nobody looks for those by it.
    /// </summary>
    /// <param name="stat">Rows of the index, then the average of rows for its first column, its first two, and so on; perhaps words after
    /// them.</param>
    /// <param name="columns">The index's columns, one space between; an expression has no name.</param>
    internal static string Settle(string stat, string? columns, bool isUnique)
    {
        var parts = stat.Split(' ');
        var names = columns?.Split(' ') ?? [];
        if (isUnique)
        {
            if (names.Length > 0 && names.Length < parts.Length) parts[names.Length] = "1";
            return string.Join(' ', parts);
        }

        for (var i = 1; i < parts.Length && i <= names.Length && names[i - 1] != "Id"; i++)
        {
            if (long.TryParse(parts[i], CultureInfo.InvariantCulture, out var rows) && rows < 2) parts[i] = "2";
        }

        return string.Join(' ', parts);
    }

    private static async Task<bool> ExistsAsync(CrmDbContext db, string table, CancellationToken cancellationToken) =>
        (await db.Database.SqlQueryRaw<long>("select count(*) as Value from sqlite_schema where name = @name",
            new SqliteParameter("name", table)).ToListAsync(cancellationToken))[0] > 0;

    private sealed record Figure(string Index, string Stat, bool IsUnique, string? Columns);
}
