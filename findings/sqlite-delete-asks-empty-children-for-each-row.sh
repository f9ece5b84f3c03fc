#!/usr/bin/env bash
# Deleting many rows of a SQLite table costs as much for the tables that could point at it as for the rows, even where those are empty.
#
# Seen with SQLite 3.53.4 (SQLitePCLRaw.lib.e_sqlite3 3.53.3), foreign keys on. A table of 1,000 rows is emptied by one statement; tables
# with an indexed reference to it are there, all of them empty. Steps of the engine's machine for each deleted row:
#   no such table: 3      one: 12      40 of them: 168      40, checked at the end of the transaction: 168
#   40, foreign keys off: 3
# Every such table adds four steps to every row: its index is opened, asked and closed again, and opening one takes longer the more are
# open. That a table has no row at all is not noticed before, and to check at the end of the transaction asks as often. A table that forty
# others refer to, such as one of customers, is emptied or partly removed at the speed of these questions.
#
# Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="SQLitePCLRaw.bundle_e_sqlite3" Version="3.0.5" />
    <PackageReference Include="SQLitePCLRaw.lib.e_sqlite3" Version="3.53.3" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using SQLitePCL;

Batteries_V2.Init();
Console.WriteLine($"engine {raw.sqlite3_libversion().utf8_to_string()}");
Console.WriteLine($"no table: {StepsOfARow(0)}");
Console.WriteLine($"one table: {StepsOfARow(1)}");
Console.WriteLine($"forty tables: {StepsOfARow(40)}");
Console.WriteLine($"forty, checked at the end: {StepsOfARow(40, "pragma defer_foreign_keys = on")}");
Console.WriteLine($"forty, not checked: {StepsOfARow(40, null, "off")}");

static int StepsOfARow(int tables, string? inTransaction = null, string keys = "on")
{
    const int Rows = 1_000;
    raw.sqlite3_open(":memory:", out var engine);
    using (engine)
    {
        Run(engine, $"pragma foreign_keys = {keys}");
        Run(engine, "create table People (Id integer primary key)");
        for (var i = 0; i < tables; i++)
        {
            Run(engine, $"create table Part{i} (Id integer primary key, PersonId integer references People(Id))");
            Run(engine, $"create index OfPart{i} on Part{i} (PersonId)");
        }

        Run(engine, $"with recursive n(i) as (select 1 union all select i + 1 from n where i < {Rows}) insert into People select i from n");
        Run(engine, "begin");
        if (inTransaction is not null) Run(engine, inTransaction);
        var steps = Run(engine, "delete from People where Id > 0");
        Run(engine, "commit");
        return (int)Math.Round(steps / (double)Rows);
    }
}

static int Run(sqlite3 engine, string sql)
{
    if (raw.sqlite3_prepare_v2(engine, sql, out var statement) != raw.SQLITE_OK) throw new InvalidOperationException(sql);
    using (statement)
    {
        while (raw.sqlite3_step(statement) == raw.SQLITE_ROW) { }
        return raw.sqlite3_stmt_status(statement, 4, 0);
    }
}
CODE
dotnet run --verbosity quiet | tee seen
grep -qx "no table: 3" seen
grep -qx "one table: 12" seen
grep -qx "forty tables: 168" seen
grep -qx "forty, checked at the end: 168" seen
grep -qx "forty, not checked: 3" seen
