#!/usr/bin/env bash
# ASP.NET Core's generator of request delegates refuses an unreadable optional value without saying which, and takes an empty one for none.
#
# Seen with ASP.NET Core 10.0.12 (the shared framework of the SDK; the run prints its release). The same program, with
# RouteHandlerOptions.ThrowOnBadRequest on, is built twice. Handlers that are compiled at start throw a BadHttpRequestException that names
# the parameter, for a value that must be given and for one that may be, and refuse "?page=". Handlers that the generator writes throw only
# for a value that must be given: an unreadable optional one ends as a bare 400 that no exception handler sees, and "?page=" is answered as
# if nothing had been sent. Whoever turns the generator on, for a quicker start or for native code, changes what clients are told.
#
# Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir compiled generated
cat > compiled/probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
</Project>
PROJECT
cat > compiled/Program.cs <<'CODE'
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.ClearProviders();
builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
await using var app = builder.Build();
var thrown = "nothing thrown";
app.Use(async (context, next) =>
{
    try { await next(context); }
    catch (BadHttpRequestException fault) { (thrown, context.Response.StatusCode) = ("thrown: " + fault.Message, fault.StatusCode); }
});
app.MapGet("/must", (int page) => page.ToString());
app.MapGet("/may", (int? page) => page?.ToString() ?? "none");
await app.StartAsync();
using var client = new HttpClient();
Console.WriteLine(System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
foreach (var path in new[] { "/must?page=abc", "/may?page=abc", "/may?page=", "/may?page=2" })
{
    thrown = "nothing thrown";
    var answer = await client.GetAsync(app.Urls.First() + path);
    Console.WriteLine($"{path} -> {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()} ({thrown})");
}
CODE
sed 's|<OutputType>|<EnableRequestDelegateGenerator>true</EnableRequestDelegateGenerator>&|' compiled/probe.csproj >generated/probe.csproj
cp compiled/Program.cs generated/
for how in compiled generated; do
  echo "Handlers $how:"
  (cd "$how" && dotnet run -v q) | tee "$how.seen"
done

says() { grep -qF -- "$2" "$1.seen" || { echo "$1 does not say: $2"; exit 1; }; }
says compiled '/must?page=abc -> 400  (thrown: Failed to bind parameter "int page"'
says compiled '/may?page=abc -> 400  (thrown: Failed to bind parameter'
says compiled '/may?page= -> 400  (thrown: Failed to bind parameter'
says generated '/must?page=abc -> 400  (thrown: Failed to bind parameter "int page"'
says generated '/may?page=abc -> 400  (nothing thrown)'
says generated '/may?page= -> 200 none (nothing thrown)'
says generated '/may?page=2 -> 200 2 (nothing thrown)'
echo "As described."
