#!/usr/bin/env bash
# A function that SQLite offers as a table (json_each, pragma_index_list …) takes the name in its argument for its own column: a subquery
# that means the row outside gets no row at all, without an error.
#
# Seen with SQLite 3.53.4 (SQLitePCLRaw.lib.e_sqlite3 3.53.3). A table Lists has one row, whose column value is '[1,2,3]':
#   select (select count(*) from json_each(value)) from Lists            -> 0
#   select (select count(*) from json_each(Lists.value)) from Lists      -> 3
#   select count(*) from Lists, json_each(value)                         -> error: ambiguous column name
# A table with one index:
#   select (select count(*) from pragma_index_list(name)) from pragma_table_list where name = 'Indexed'     -> 0
#   select (select count(*) from pragma_index_list(t.name)) from pragma_table_list t where t.name = 'Indexed' -> 1
# As a join the doubt is told; in a subquery the nearer name wins, and that is a column which has no value yet. Every such argument needs
# the name of its table. A check of all tables that was to ask their indexes so found none, and passed.
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
raw.sqlite3_open(":memory:", out var engine);
Console.WriteLine($"engine {raw.sqlite3_libversion().utf8_to_string()}");
foreach (var made in new[] { "create table Lists (value text)", "insert into Lists values ('[1,2,3]')",
    "create table Indexed (a integer primary key, b)", "create index OfIndexed on Indexed (b)" }) Ask(made);
Console.WriteLine($"list, bare name: {Ask("select (select count(*) from json_each(value)) from Lists")}");
Console.WriteLine($"list, full name: {Ask("select (select count(*) from json_each(Lists.value)) from Lists")}");
Console.WriteLine($"list, joined: {Ask("select count(*) from Lists, json_each(value)")}");
Console.WriteLine($"indexes, bare name: {Ask("select (select count(*) from pragma_index_list(name)) from pragma_table_list where name = 'Indexed'")}");
Console.WriteLine($"indexes, full name: {Ask("select (select count(*) from pragma_index_list(t.name)) from pragma_table_list t where t.name = 'Indexed'")}");

string Ask(string sql)
{
    if (raw.sqlite3_prepare_v2(engine, sql, out var statement) != raw.SQLITE_OK) return raw.sqlite3_errmsg(engine).utf8_to_string();
    using (statement) return raw.sqlite3_step(statement) == raw.SQLITE_ROW ? raw.sqlite3_column_text(statement, 0).utf8_to_string() : "";
}
CODE
dotnet run --verbosity quiet | tee seen
grep -qx "list, bare name: 0" seen
grep -qx "list, full name: 3" seen
grep -qx "list, joined: ambiguous column name: value" seen
grep -qx "indexes, bare name: 0" seen
grep -qx "indexes, full name: 1" seen
