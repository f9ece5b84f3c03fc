#!/usr/bin/env bash
# ASP.NET Core builds each endpoint of a route group twice in one start, with a compiled handler for each.
#
# Seen with ASP.NET Core 10.0.12 (the shared framework of the SDK; the run prints its release): routing asks the sources of endpoints for
# its table, and the cache of authorization policies asks them again through a second composition. A group makes its endpoints anew each
# time it is asked, so conventions run twice and every handler is generated and compiled twice. An endpoint that is mapped without a group
# is made twice as well.
#
# Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
Console.WriteLine(System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
foreach (var withAuthorization in new[] { false, true })
{
    var (inGroup, alone) = (0, 0);
    var builder = WebApplication.CreateSlimBuilder();
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    builder.Logging.ClearProviders();
    if (withAuthorization) builder.Services.AddAuthentication().Services.AddAuthorization();
    await using var app = builder.Build();
    if (withAuthorization) app.UseAuthorization();
    app.MapGroup("/group").MapGet("/x", () => "x").Add(_ => inGroup++);
    app.MapGet("/alone", () => "x").Add(_ => alone++);
    await app.StartAsync();
    using var client = new HttpClient();
    foreach (var path in new[] { "/group/x", "/alone", "/group/x" }) await client.GetStringAsync(app.Urls.First() + path);
    await app.StopAsync();
    Console.WriteLine($"{(withAuthorization ? "with" : "without")} authorization: in a group {inGroup}, alone {alone}");
}
CODE
dotnet run -v q | tee seen
[ "$(tail -2 seen)" = "without authorization: in a group 1, alone 1
with authorization: in a group 2, alone 2" ]
echo "As described."
