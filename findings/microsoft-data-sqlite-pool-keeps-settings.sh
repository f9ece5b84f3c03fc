#!/usr/bin/env bash
# A connection of Microsoft.Data.Sqlite that is closed goes back to the pool with what its engine was told: the next one to be opened writes
# without waiting for the disk, because somebody before it did.
#
# Seen with Microsoft.Data.Sqlite.Core 10.0.11 over SQLite 3.53.4 (SQLitePCLRaw.lib.e_sqlite3 3.53.3): "pragma synchronous = off" and
# "pragma cache_size" of one user are there for the next user of the same connection string, who asked for nothing of the kind. What the
# connection string itself says (Foreign Keys) is said again with each opening, so that one setting comes back and the others do not. With
# pooling off, each opening begins with the engine's own settings. Whoever sets a pragma for one piece of work must set it back, or must set
# all that matters with each opening.
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

foreach (var pooling in new[] { true, false })
{
    var address = $"Data Source=probe.db;Foreign Keys=True;Pooling={pooling}";
    Console.WriteLine($"pooling {pooling}, first: {Settings(address)}");
    using (var bulk = new SqliteConnection(address))
    {
        bulk.Open();
        using var command = bulk.CreateCommand();
        command.CommandText = "pragma synchronous = off; pragma cache_size = -100000; pragma foreign_keys = off";
        command.ExecuteNonQuery();
    }

    Console.WriteLine($"pooling {pooling}, next: {Settings(address)}");
}

static string Settings(string address)
{
    using var connection = new SqliteConnection(address);
    connection.Open();
    return $"synchronous {Ask("synchronous")}, cache {Ask("cache_size")}, foreign keys {Ask("foreign_keys")}";

    object Ask(string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "pragma " + name;
        return command.ExecuteScalar()!;
    }
}
CODE
dotnet run --verbosity quiet | tee seen
grep -qx "pooling True, first: synchronous 2, cache -2000, foreign keys 1" seen
grep -qx "pooling True, next: synchronous 0, cache -100000, foreign keys 1" seen
grep -qx "pooling False, next: synchronous 2, cache -2000, foreign keys 1" seen
echo "As described."
