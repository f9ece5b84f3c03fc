#!/usr/bin/env bash
# SpreadCheetah writes a text that looks like an escape of the workbook format as it is.
#
# Seen with SpreadCheetah 1.28.0 (NuGet) and xlsx 0.18.5 (npm): the cell text "_x0041_" (seven characters, as somebody may type it into a
# product code) is written as it is. In SpreadsheetML "_x0041_" stands for the letter A, and a text that really holds it is written
# "_x005F_x0041_". xlsx decodes the escape as the format says and reads back "A": another text than the one that was written.
#
# Needs the .NET SDK 10 and Node.js with npm. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="SpreadCheetah" Version="1.28.0" /></ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using SpreadCheetah;

await using var file = File.Create("probe.xlsx");
await using var workbook = await Spreadsheet.CreateNewAsync(file);
await workbook.StartWorksheetAsync("Sheet");
await workbook.AddRowAsync([new Cell("_x0041_"), new Cell("plain")]);
await workbook.FinishAsync();
CODE
dotnet run -v q

npm init -y >/dev/null
npm install --silent --no-audit --no-fund xlsx@0.18.5 >/dev/null
read=$(node -e '
  const sheet = Object.values(require("xlsx").readFile("probe.xlsx").Sheets)[0];
  console.log(sheet.A1.v + "|" + sheet.B1.v);
')
echo "written:   _x0041_|plain"
echo "read back: $read"
[ "$read" = "A|plain" ]
echo "As described."
