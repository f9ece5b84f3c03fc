#!/usr/bin/env bash
# A full-text index of SQLite that a trigger fills writes a segment of its own for every row, even where all rows are in one transaction.
#
# Seen with FTS5 of SQLite 3.53.4 (SQLitePCLRaw.lib.e_sqlite3 3.53.3). A table with a unique column has a trigger that adds the row's text to
# an FTS5 table, as the engine's own documentation shows for external content. 300 rows are inserted in one transaction, with merging turned
# off to see what is written:
#   300 statements of one row, by the trigger:                  300 segments
#   one statement of 300 rows, by the trigger:                  1 segment
#   300 statements of one row, and as many into the index:      1 segment
# A statement that sets off a trigger and may still fail is kept apart from the rest of its transaction, and FTS5 ends a segment whenever
# that begins. With merging on, as usual, the segments are merged again and again while the transaction goes on: of an import, most of the
# time. Rows should be inserted many at a time, or the index filled beside the trigger.
#
# Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.Data.Sqlite.Core" Version="10.0.11" />
    <PackageReference Include="SQLitePCLRaw.bundle_e_sqlite3" Version="3.0.5" />
    <PackageReference Include="SQLitePCLRaw.lib.e_sqlite3" Version="3.53.3" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using Microsoft.Data.Sqlite;

const int Rows = 300;
var rows = Enumerable.Range(1, Rows).Select(i => $"({i}, 'person {i}', 'person{i}@example.com')").ToList();
Console.WriteLine($"row by row: {Segments(rows.Select(r => $"insert into People values {r}"), true)}");
Console.WriteLine($"all at once: {Segments([$"insert into People values {string.Join(", ", rows)}"], true)}");
Console.WriteLine($"beside the trigger: {Segments(rows.SelectMany((r, i) => new[]
{
    $"insert into People values {r}", $"insert into Words(rowid, Name) values ({i + 1}, 'person {i + 1}')",
}), false)}");

static long Segments(IEnumerable<string> statements, bool byTrigger)
{
    using var connection = new SqliteConnection("Data Source=:memory:");
    connection.Open();
    Run("""
        create table People (Id integer primary key, Name text not null, Mail text not null unique);
        create virtual table Words using fts5(Name, content='People', content_rowid='Id');
        insert into Words(Words, rank) values ('automerge', 0);
        insert into Words(Words, rank) values ('crisismerge', 2000);
        """);
    if (byTrigger)
        Run("create trigger Added after insert on People begin insert into Words(rowid, Name) values (new.Id, new.Name); end");
    Run("begin");
    foreach (var statement in statements) Run(statement);
    Run("commit");
    using var count = connection.CreateCommand();
    count.CommandText = "select count(distinct segid) from Words_idx";
    return (long)count.ExecuteScalar()!;

    void Run(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
CODE
dotnet run --verbosity quiet | tee seen
grep -qx "row by row: 300" seen
grep -qx "all at once: 1" seen
grep -qx "beside the trigger: 1" seen
