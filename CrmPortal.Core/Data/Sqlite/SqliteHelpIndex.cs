using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// The full-text index over the words of help articles. Triggers keep it in the transaction of every change. Words of the title weigh most,
/// then those of the summary.
/// </summary>
internal static class SqliteHelpIndex
{
    public const string Words = "HelpWords";
    private const string Columns = "TitleText, SummaryText, BodyText";
    private const string Old = "old.TitleText, old.SummaryText, old.BodyText";
    private const string New = "new.TitleText, new.SummaryText, new.BodyText";

    /// <summary>
    /// Makes what is missing. A migration that rebuilds the table takes the triggers with it; then the index is rebuilt as well.
    /// </summary>
    public static async Task EnsureAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var present = await db.Database.SqlQueryRaw<string>(
            "select name as Value from sqlite_schema where name in ('HelpWords', 'HelpWordsInsert', 'HelpWordsUpdate', 'HelpWordsDelete')")
            .ToListAsync(cancellationToken);
        if (present.Count == 4) return;

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlRawAsync(Script, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The index's query for words that begin with the terms, which are letters and digits.</summary>
    public static string Match(IEnumerable<string> terms, bool any) => string.Join(any ? " OR " : " AND ", terms.Select(t => $"\"{t}\" *"));

    private static string Script { get; } = $"""
        drop table if exists {Words};
        drop trigger if exists HelpWordsInsert;
        drop trigger if exists HelpWordsUpdate;
        drop trigger if exists HelpWordsDelete;
        create virtual table {Words} using fts5({Columns}, content='ArticleTranslations', content_rowid='Id', tokenize='unicode61 remove_diacritics 0', prefix='2 3');
        insert into {Words}({Words}, rank) values ('rank', 'bm25(10.0, 4.0, 1.0)');
        create trigger HelpWordsInsert after insert on ArticleTranslations begin
          insert into {Words}(rowid, {Columns}) values (new.Id, {New});
        end;
        create trigger HelpWordsDelete after delete on ArticleTranslations begin
          insert into {Words}({Words}, rowid, {Columns}) values ('delete', old.Id, {Old});
        end;
        create trigger HelpWordsUpdate after update of {Columns} on ArticleTranslations
        when old.TitleText <> new.TitleText or old.SummaryText <> new.SummaryText or old.BodyText <> new.BodyText begin
          insert into {Words}({Words}, rowid, {Columns}) values ('delete', old.Id, {Old});
          insert into {Words}(rowid, {Columns}) values (new.Id, {New});
        end;
        insert into {Words}({Words}) values ('rebuild');
        """;
}
