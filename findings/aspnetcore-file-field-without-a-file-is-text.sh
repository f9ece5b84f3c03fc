#!/usr/bin/env bash
# ASP.NET Core takes a file field of a form in which nothing was chosen for a field of text.
#
# Seen with ASP.NET Core 10 (the shared framework of the SDK; the run prints its release): browsers send such a field, as HTML says, with an
# empty name of the file (filename="") and a media type. ContentDispositionHeaderValue has the parameter, but IsFileDisposition asks for a
# name with letters: it says no, and IsFormDisposition says yes. A form that is read as a whole therefore has an empty text of the field's
# name and no file; whoever reads part by part has to look at the parameter, or meets text after the first file.
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
using Microsoft.Net.Http.Headers;

Console.WriteLine(System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.ClearProviders();
await using var app = builder.Build();
app.MapPost("/", async (HttpRequest request) =>
{
    var form = await request.ReadFormAsync();
    return $"files {form.Files.Count}, texts {string.Join(",", form.Select(f => $"{f.Key}='{f.Value}'"))}";
});
await app.StartAsync();
const string Disposition = "form-data; name=\"picture\"; filename=\"\"";
using var content = new MultipartFormDataContent();
var part = new ByteArrayContent([]);
part.Headers.TryAddWithoutValidation("Content-Disposition", Disposition);
part.Headers.TryAddWithoutValidation("Content-Type", "application/octet-stream");
content.Add(part);
using var client = new HttpClient();
using var answer = await client.PostAsync(app.Urls.First(), content);
var seen = await answer.Content.ReadAsStringAsync();
await app.StopAsync();
var header = ContentDispositionHeaderValue.Parse(Disposition);
Console.WriteLine($"file disposition {header.IsFileDisposition()}, form disposition {header.IsFormDisposition()}");
Console.WriteLine(seen);
CODE
dotnet run -v q | tee seen
[ "$(tail -2 seen)" = "file disposition False, form disposition True
files 0, texts picture=''" ]
echo "As described."
