#!/usr/bin/env bash
# SQLite reads a whole table for a few values of a unique column, once ANALYZE has been run while most of the column was NULL.
#
# Seen with SQLite 3.53.4 (which is what SQLitePCLRaw.lib.e_sqlite3 3.53.3 says it is, under Microsoft.Data.Sqlite.Core 10.0.11): a unique
# index holds any number of NULLs, and ANALYZE counts them as equal to each other, so that its figure for the index says how many rows "one value" has on average:
# all of them. "column = ?" is still looked up by the index, since it is unique. "column IN (a list)" is not: the planner believes the
# figure and scans the table, although no value can be there twice. With a partial index (WHERE column IS NOT NULL), or without ANALYZE, the
# index is used. Whoever adds a column of optional unique keys to a large table, and sends lists as one JSON value, meets both at once.
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

using var connection = new SqliteConnection("Data Source=:memory:");
connection.Open();
Console.WriteLine("SQLite " + Ask("select sqlite_version()"));
Do("create table Messages (Id integer primary key, Reference text, Text text)");
Do("create unique index ByReference on Messages (Reference)");
Do("insert into Messages (Text) with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) select 'text ' || i from n");
const string Few = "select Text from Messages where Reference in (select value from json_each('[\"a\",\"b\"]'))";
Console.WriteLine("a list, before analyze: " + Plan(Few));
Do("analyze");
Console.WriteLine("figure of the index: " + Ask("select stat from sqlite_stat1 where idx = 'ByReference'"));
Console.WriteLine("a list, after analyze: " + Plan(Few));
Console.WriteLine("one value, after analyze: " + Plan("select Id from Messages where Reference = 'a'"));
Do("drop index ByReference; create unique index ByReference on Messages (Reference) where Reference is not null; analyze");
Console.WriteLine("a list, index without blanks: " + Plan(Few));

void Do(string sql)
{
    using var command = connection.CreateCommand();
    command.CommandText = sql;
    command.ExecuteNonQuery();
}

string Ask(string sql)
{
    using var command = connection.CreateCommand();
    command.CommandText = sql;
    return command.ExecuteScalar()!.ToString()!;
}

string Plan(string sql)
{
    using var command = connection.CreateCommand();
    command.CommandText = "explain query plan " + sql;
    using var reader = command.ExecuteReader();
    reader.Read();
    return reader.GetString(3);
}
CODE
dotnet run -v q | tee seen
grep -qx "a list, before analyze: SEARCH Messages USING INDEX ByReference (Reference=?)" seen
grep -qx "figure of the index: 200000 200000" seen
grep -qx "a list, after analyze: SCAN Messages" seen
grep -qx "one value, after analyze: SEARCH Messages USING COVERING INDEX ByReference (Reference=?)" seen
grep -qx "a list, index without blanks: SEARCH Messages USING INDEX ByReference (Reference=?)" seen
echo "As described."
