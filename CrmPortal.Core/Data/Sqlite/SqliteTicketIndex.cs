using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// The full-text index over the folded words of tickets' messages. Triggers keep it in the transaction of every change. Where words stand
/// is not kept: they are only asked for together.
/// </summary>
internal static class SqliteTicketIndex
{
    private const string Table = "TicketWords";

    /// <summary>
    /// Beginnings of up to <see cref="TicketSearch.IndexedLetters"/> letters have an index of their own, which gives the newest first; for
    /// those of longer ones every message that holds any of their words has to be gathered.
    /// </summary>
    private static readonly string Definition = $"create virtual table {Table} using fts5(SearchText, content='TicketMessages', "
        + "content_rowid='Id', tokenize='unicode61 remove_diacritics 0', "
        + $"prefix='{string.Join(' ', Enumerable.Range(1, TicketSearch.IndexedLetters))}', detail=none)";

    /// <summary>Makes what is missing. A migration that rebuilds the table takes the triggers with it; then the index is rebuilt as
    /// well.</summary>
    public static async Task EnsureAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var present = await db.Database.SqlQueryRaw<string>(
            "select sql as Value from sqlite_schema where name in ('TicketWords', 'TicketMessagesSearchInsert', 'TicketMessagesSearchUpdate', 'TicketMessagesSearchDelete')")
            .ToListAsync(cancellationToken);
        if (present.Count == 4 && present.Contains(Definition, StringComparer.OrdinalIgnoreCase)) return;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlRawAsync(Script, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Writes the index again without what was deleted.</summary>
    public static Task OptimizeAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync($"insert into {Table}({Table}) values ('optimize')", cancellationToken);

    public static async Task<IReadOnlyList<long>> FindAsync(CrmDbContext db, IReadOnlyList<TicketTerm> terms, int most,
        CancellationToken cancellationToken)
    {
        var query = string.Join(" AND ", terms.Select(t => t.IsWhole ? $"\"{t.Word}\"" : $"\"{t.Word}\" *"));
        return await db.Database.SqlQuery<long>($"""
            select "TicketId" as Value from "TicketMessages" where "Id" in
                (select rowid from TicketWords where TicketWords match {query} order by rowid desc limit {most})
            """).ToListAsync(cancellationToken);
    }

    private static string Script { get; } = $"""
        drop table if exists {Table};
        drop trigger if exists TicketMessagesSearchInsert;
        drop trigger if exists TicketMessagesSearchUpdate;
        drop trigger if exists TicketMessagesSearchDelete;
        {Definition};
        create trigger TicketMessagesSearchInsert after insert on TicketMessages begin
          insert into {Table}(rowid, SearchText) values (new.Id, new.SearchText);
        end;
        create trigger TicketMessagesSearchDelete after delete on TicketMessages begin
          insert into {Table}({Table}, rowid, SearchText) values ('delete', old.Id, old.SearchText);
        end;
        create trigger TicketMessagesSearchUpdate after update of SearchText on TicketMessages when old.SearchText <> new.SearchText begin
          insert into {Table}({Table}, rowid, SearchText) values ('delete', old.Id, old.SearchText);
          insert into {Table}(rowid, SearchText) values (new.Id, new.SearchText);
        end;
        insert into {Table}({Table}) values ('rebuild');
        """;
}
