#!/usr/bin/env bash
# The schema of a nullable enum refuses null, and what the enum's component says hangs on which endpoint is mapped first.
#
# Seen with Microsoft.AspNetCore.OpenApi 10.0.15 (OpenAPI 3.1.1) and ajv 8.20.0. A property of type Colour? is written as
#   {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Colour"}]}
# and the component it refers to, if it was met as nullable first, as {"enum": ["Red", "Blue", null]}. Null then fits both branches, and
# oneOf demands exactly one, so a validator refuses the very value that the property was made nullable for. The component is shared: where
# the endpoint with the nullable Size is mapped before the one with the plain Size, the plain one's schema allows null as well; mapped after
# it, the component has no null and both are right. Linters that validate examples against the schema report the same.
#
# Needs the .NET SDK 10 and Node 20. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.AspNetCore.OpenApi" Version="10.0.15" /></ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using System.Text.Json.Serialization;

var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
builder.Services.AddOpenApi();
var app = builder.Build();
app.MapOpenApi();
if (args[0] == "plain-first") app.MapGet("/sure", () => new Sure(Size.Small));
app.MapGet("/maybe", () => new Maybe(null));
if (args[0] == "nullable-first") app.MapGet("/sure", () => new Sure(Size.Small));
await app.StartAsync();
using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
Console.WriteLine(await client.GetStringAsync("/openapi/v1.json"));
await app.StopAsync();

enum Size { Small, Large }
record Sure(Size Size);
record Maybe(Size? Size);
CODE
cat > check.cjs <<'CODE'
const Ajv = require('ajv/dist/2020');
for (const name of ['nullable-first', 'plain-first']) {
  const { components } = JSON.parse(require('fs').readFileSync(`${name}.json`, 'utf8'));
  const ajv = new Ajv({ strict: false });
  ajv.addSchema({ $id: 'http://example.org/api', components });
  const fits = (schema, value) => ajv.validate({ $ref: `http://example.org/api#/components/schemas/${schema}` }, value);
  console.log(`${name}: ${JSON.stringify(components.schemas.Size)}`);
  console.log(`${name}: nullable Small ${fits('Maybe', { size: 'Small' })}, nullable null ${fits('Maybe', { size: null })}, ` +
    `plain null ${fits('Sure', { size: null })}`);
}
CODE
npm install --silent --no-audit --no-fund ajv@8.20.0
dotnet build --verbosity quiet --output built > build.log || { cat build.log; exit 1; }
dotnet built/probe.dll nullable-first > nullable-first.json
dotnet built/probe.dll plain-first > plain-first.json
node check.cjs | tee seen
grep -qF 'nullable-first: {"enum":["Small","Large",null]}' seen
grep -qF 'nullable-first: nullable Small true, nullable null false, plain null true' seen
grep -qF 'plain-first: {"enum":["Small","Large"]}' seen
grep -qF 'plain-first: nullable Small true, nullable null true, plain null false' seen
echo "As described."
