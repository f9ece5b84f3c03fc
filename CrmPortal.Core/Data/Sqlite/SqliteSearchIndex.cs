using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Platform.Search;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Data.Sqlite;

/// <summary>
/// The full-text index over the folded texts of customers: letter triples for parts of words, words for one or two letters. Writing it
/// costs more than the customer themselves, row by row above all. Triggers therefore note in the transaction of every change, set-based
/// statements included, who waits for the index, together with the texts it holds of them; many are then written at once, a moment later.
/// A search asks the index and those who wait.
/// </summary>
internal static class SqliteSearchIndex
{
    public const string Trigrams = "CustomerTrigrams";
    public const string Words = "CustomerWords";
    public const string Waiting = "CustomersToIndex";

    /// <summary>Marks the statements by which those who wait are written.</summary>
    public const string KeepingTag = "Keeps the index of the search";

    /// <summary>Takes the triggers away, for loads after which the index is made anew.</summary>
    public const string DropTriggers = """
        drop trigger if exists CustomersWaitInsert;
        drop trigger if exists CustomersWaitUpdate;
        drop trigger if exists CustomersWaitDelete;
        """;

    private const string Columns = "NameText, ContactText";

    /// <summary>Customers of one transaction: short enough for others to write in between.</summary>
    private const int BatchSize = 1_000;

    /// <summary>
    /// Makes what is missing. A migration that rebuilds the table takes the triggers with it; then the index is rebuilt as well.
    /// </summary>
    public static async Task EnsureAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        var present = (await db.Database.SqlQueryRaw<string>($"""
            select name as Value from sqlite_schema where name in ('{Trigrams}', '{Words}', '{Waiting}')
                or (type = 'trigger' and (name glob 'CustomersSearch*' or name glob 'CustomersWait*'))
            """).ToListAsync(cancellationToken)).ToHashSet();
        if (present.SetEquals(Own)) return;

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Database.ExecuteSqlRawAsync(present.SetEquals(Former) ? Triggers : Tables + Triggers, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Writes those into the index who wait for it, in transactions of their own.</summary>
    public static async Task CatchUpAsync(CrmDbContext db, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Nobody else takes from here, so that those who are seen now still wait when it is their turn; more may have come.
            var last = await ((SqliteCrmDbContext)db).CustomersToIndex.TagWith(KeepingTag).OrderBy(w => w.Id).Take(BatchSize)
                .MaxAsync(w => (long?)w.Id, cancellationToken);
            if (last is null) return;
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await db.Database.ExecuteSqlRawAsync(IndexUntil, [last], cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
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

    private static readonly string[] Own = [Trigrams, Words, Waiting, "CustomersWaitInsert", "CustomersWaitUpdate", "CustomersWaitDelete"];

    /// <summary>What an earlier version kept, whose index is as good.</summary>
    private static readonly string[] Former = [Trigrams, Words, "CustomersSearchInsert", "CustomersSearchUpdate", "CustomersSearchDelete"];

    private static readonly string IndexUntil = $"-- {KeepingTag}\n" + string.Concat(new[] { Trigrams, Words }.Select(index => $$"""
        insert into {{index}}({{index}}, rowid, {{Columns}})
          select 'delete', Id, {{Columns}} from {{Waiting}} where Id <= {0} and NameText is not null;
        insert into {{index}}(rowid, {{Columns}})
          select c.Id, c.NameText, c.ContactText from {{Waiting}} w join Customers c on c.Id = w.Id where w.Id <= {0};
        """)) + $$"""delete from {{Waiting}} where Id <= {0};""";

    private const string Tables = $"""
        drop table if exists {Trigrams};
        drop table if exists {Words};
        drop table if exists {Waiting};
        create virtual table {Trigrams} using fts5({Columns}, content='Customers', content_rowid='Id', tokenize='trigram');
        create virtual table {Words} using fts5({Columns}, content='Customers', content_rowid='Id',
          tokenize='unicode61 remove_diacritics 0', prefix='1 2');
        insert into {Trigrams}({Trigrams}) values ('rebuild');
        insert into {Words}({Words}) values ('rebuild');
        """;

    /// <summary>
    /// Who waits already keeps the texts that the index holds. Without texts the index holds nothing. Said without a conflict clause, since
    /// that of the statement which sets a trigger off would count instead.
    /// </summary>
    private const string Triggers = $"""
        create table if not exists {Waiting} (Id integer primary key, NameText text, ContactText text);
        drop trigger if exists CustomersSearchInsert;
        drop trigger if exists CustomersSearchUpdate;
        drop trigger if exists CustomersSearchDelete;
        {DropTriggers}
        create trigger CustomersWaitInsert after insert on Customers begin
          insert into {Waiting} (Id) select new.Id where not exists (select 1 from {Waiting} where Id = new.Id);
        end;
        create trigger CustomersWaitDelete after delete on Customers begin
          insert into {Waiting} (Id, {Columns}) select old.Id, old.NameText, old.ContactText
            where not exists (select 1 from {Waiting} where Id = old.Id);
        end;
        create trigger CustomersWaitUpdate after update of {Columns} on Customers
        when old.NameText <> new.NameText or old.ContactText <> new.ContactText begin
          insert into {Waiting} (Id, {Columns}) select old.Id, old.NameText, old.ContactText
            where not exists (select 1 from {Waiting} where Id = old.Id);
        end;
        """;
}
