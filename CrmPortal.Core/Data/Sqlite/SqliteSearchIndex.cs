using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// The full-text index over the folded texts of customers: letter triples for parts of words, words for one or two letters.
/// Triggers keep it in the transaction of every change, set-based statements included.
/// </summary>
internal static class SqliteSearchIndex
{
    public const string Trigrams = "CustomerTrigrams";
    public const string Words = "CustomerWords";
    private const string Columns = "NameText, ContactText";

    /// <summary>
    /// Makes what is missing. A migration that rebuilds the table takes the triggers with it; then the index is rebuilt as well.
    /// </summary>
    public static async Task EnsureAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var present = await db.Database.SqlQueryRaw<string>(
            "select name as Value from sqlite_schema where name in ('CustomerTrigrams', 'CustomerWords', 'CustomersSearchInsert', 'CustomersSearchUpdate', 'CustomersSearchDelete')")
            .ToListAsync(cancellationToken);
        if (present.Count == 5) return;

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlRawAsync(Script, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Writes the index again without what was deleted.</summary>
    public static Task OptimizeAsync(CrmDbContext db, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlRawAsync(
            $"insert into {Trigrams}({Trigrams}) values ('optimize'); insert into {Words}({Words}) values ('optimize');",
            cancellationToken);

    /// <summary>The index's query for terms of three letters or more; the caller has checked that there is one.</summary>
    public static string MatchParts(IEnumerable<string> terms, bool withContacts) =>
        (withContacts ? "" : "{NameText} : ") + "(" + string.Join(" AND ", terms.Select(Quote)) + ")";

    /// <summary>The index's query for words that begin with the terms.</summary>
    public static string MatchWords(IEnumerable<string> terms, bool withContacts) =>
        (withContacts ? "" : "{NameText} : ") + "(" + string.Join(" AND ", terms.Select(t => Quote(t) + " *")) + ")";

    /// <summary>Whether a term holds the three characters (not UTF-16 units) that the index of triples needs.</summary>
    public static bool HasTriple(string term) => term.EnumerateRunes().Take(3).Count() == 3;

    /// <summary>Whether the index of words holds every character of a term.</summary>
    public static bool IsWord(string term) => term.EnumerateRunes().All(System.Text.Rune.IsLetterOrDigit);

    private static string Quote(string term) => '"' + term.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static string Script { get; } = $"""
        drop table if exists {Trigrams};
        drop table if exists {Words};
        drop trigger if exists CustomersSearchInsert;
        drop trigger if exists CustomersSearchUpdate;
        drop trigger if exists CustomersSearchDelete;
        create virtual table {Trigrams} using fts5({Columns}, content='Customers', content_rowid='Id', tokenize='trigram');
        create virtual table {Words} using fts5({Columns}, content='Customers', content_rowid='Id', tokenize='unicode61 remove_diacritics 0', prefix='1 2');
        create trigger CustomersSearchInsert after insert on Customers begin
          insert into {Trigrams}(rowid, {Columns}) values (new.Id, new.NameText, new.ContactText);
          insert into {Words}(rowid, {Columns}) values (new.Id, new.NameText, new.ContactText);
        end;
        create trigger CustomersSearchDelete after delete on Customers begin
          insert into {Trigrams}({Trigrams}, rowid, {Columns}) values ('delete', old.Id, old.NameText, old.ContactText);
          insert into {Words}({Words}, rowid, {Columns}) values ('delete', old.Id, old.NameText, old.ContactText);
        end;
        create trigger CustomersSearchUpdate after update of NameText, ContactText on Customers
        when old.NameText <> new.NameText or old.ContactText <> new.ContactText begin
          insert into {Trigrams}({Trigrams}, rowid, {Columns}) values ('delete', old.Id, old.NameText, old.ContactText);
          insert into {Trigrams}(rowid, {Columns}) values (new.Id, new.NameText, new.ContactText);
          insert into {Words}({Words}, rowid, {Columns}) values ('delete', old.Id, old.NameText, old.ContactText);
          insert into {Words}(rowid, {Columns}) values (new.Id, new.NameText, new.ContactText);
        end;
        insert into {Trigrams}({Trigrams}) values ('rebuild');
        insert into {Words}({Words}) values ('rebuild');
        """;
}
