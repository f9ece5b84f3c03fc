#!/usr/bin/env bash
# EF Core takes a compiled query of several rows whose last step is OrderBy for one that answers a single value.
#
# Seen with Microsoft.EntityFrameworkCore.Sqlite 10.0.15: EF.CompileAsyncQuery has a form for queries (IQueryable, answers an
# IAsyncEnumerable) and one for values (answers a Task). A lambda that ends in OrderBy is an IOrderedQueryable, which fits the second form as
# it is and the first only by conversion, so the compiler takes the second, and says nothing where the type is inferred:
#   EF.CompileAsyncQuery((Shop shop, long least) => shop.Items.Where(…).OrderBy(…))  -> Func<…, Task<IOrderedQueryable<Item>>>
# The first use throws an ArgumentException about a return type. With a Select behind it, or AsQueryable, it is the query that was meant.
#
# Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.EntityFrameworkCore.Sqlite" Version="10.0.15" /></ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using Microsoft.EntityFrameworkCore;

var ordered = EF.CompileAsyncQuery((Shop shop, long least) => shop.Items.Where(i => i.Id >= least).OrderBy(i => i.Id));
var selected = EF.CompileAsyncQuery((Shop shop, long least) => shop.Items.Where(i => i.Id >= least).OrderBy(i => i.Id).Select(i => i));
Console.WriteLine($"ends in OrderBy: {Short(ordered.GetType())}");
Console.WriteLine($"ends in Select: {Short(selected.GetType())}");
await using var shop = new Shop();
await shop.Database.OpenConnectionAsync();
await shop.Database.EnsureCreatedAsync();
shop.AddRange(new Item(), new Item());
await shop.SaveChangesAsync();
try
{
    var rows = await ordered(shop, 1);
    Console.WriteLine($"awaited: {rows.GetType().Name}");
    Console.WriteLine($"rows: {rows.Count()}");
}
catch (Exception fault)
{
    Console.WriteLine($"awaited: {fault.GetType().Name}: {fault.Message.Split('\n')[0]}");
}

var count = 0;
await foreach (var _ in selected(shop, 1)) count++;
Console.WriteLine($"rows of the other: {count}");

static string Short(Type type) => type.GetGenericArguments()[^1].ToString();

public sealed class Item { public long Id { get; set; } }

public sealed class Shop : DbContext
{
    public DbSet<Item> Items => Set<Item>();
    protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseSqlite("Data Source=:memory:");
}
CODE
dotnet run --verbosity quiet | tee seen
grep -qF "ends in OrderBy: System.Threading.Tasks.Task\`1[System.Linq.IOrderedQueryable\`1[Item]]" seen
grep -qF "ends in Select: System.Collections.Generic.IAsyncEnumerable\`1[Item]" seen
grep -q "^awaited: ArgumentException: " seen
grep -qx "rows of the other: 2" seen
echo "As described."
