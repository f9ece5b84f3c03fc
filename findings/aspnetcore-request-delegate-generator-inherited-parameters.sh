#!/usr/bin/env bash
# ASP.NET Core's generator of request delegates leaves out what an [AsParameters] type inherits, without a word.
#
# Seen with ASP.NET Core 10.0.12 (the shared framework of the SDK; the run prints its release). The same program is built twice. A handler
# takes its query by [AsParameters] with a class whose base class has one of the two parameters. Handlers that are compiled at start bind
# both. Handlers that the generator writes bind the one that the class declares itself; the inherited one stays null, whatever was sent,
# and the build says nothing. A list that filters by inherited conditions answers everything instead of what was asked for as soon as the
# generator is turned on, for a quicker start or for native code.
#
# Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir compiled generated
cat > compiled/probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable>
  </PropertyGroup>
</Project>
PROJECT
cat > compiled/Program.cs <<'CODE'
using Microsoft.AspNetCore.Mvc;

var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.ClearProviders();
await using var app = builder.Build();
app.MapGet("/list", ([AsParameters] ListQuery query) => $"city {query.City ?? "none"}, page {query.Page?.ToString() ?? "none"}");
await app.StartAsync();
using var client = new HttpClient();
Console.WriteLine(System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
Console.WriteLine("/list?city=Paris&page=2 -> " + await client.GetStringAsync(app.Urls.First() + "/list?city=Paris&page=2"));

abstract class Conditions
{
    [FromQuery(Name = "city")] public string? City { get; init; }
}

sealed class ListQuery : Conditions
{
    [FromQuery(Name = "page")] public int? Page { get; init; }
}
CODE
sed 's|<OutputType>|<EnableRequestDelegateGenerator>true</EnableRequestDelegateGenerator>&|' compiled/probe.csproj >generated/probe.csproj
cp compiled/Program.cs generated/
for how in compiled generated; do
  echo "Handlers $how:"
  (cd "$how" && dotnet run -v q) | tee "$how.seen"
done

says() { grep -qF -- "$2" "$1.seen" || { echo "$1 does not say: $2"; exit 1; }; }
says compiled '/list?city=Paris&page=2 -> city Paris, page 2'
says generated '/list?city=Paris&page=2 -> city none, page 2'
! grep -qi warning generated.seen || { echo "The build warns now."; exit 1; }
echo "As described."
