#!/usr/bin/env bash
# MudBlazor's text field for a time of day refuses the very text that it shows.
#
# Seen with MudBlazor 9.12.0 on .NET 10: a MudTextField<TimeOnly?> shows 17:30 (in the short pattern of a time of the culture). The same
# text, given back by the browser unchanged or typed anew, is "not a valid date time", and the value becomes null: without a Format the
# text is read by the culture's short pattern of a day. With Format="HH:mm" it is read. Days (DateOnly) are shown and read alike.
#
# The field is rendered by bUnit. Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Razor">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType>
    <ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="MudBlazor" Version="9.12.0" />
    <PackageReference Include="bunit" Version="2.15.2" />
  </ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using MudBlazor.Services;

CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en-GB");
await using var context = new BunitContext();
context.JSInterop.Mode = JSRuntimeMode.Loose;
context.Services.AddMudServices();
await TryAsync<TimeOnly?>("time", new TimeOnly(17, 30), null);
await TryAsync<TimeOnly?>("time as HH:mm", new TimeOnly(17, 30), "HH:mm");
await TryAsync<DateOnly?>("day", new DateOnly(2026, 5, 17), null);

async Task TryAsync<T>(string what, T value, string? format)
{
    var field = context.Render<MudTextField<T>>(p => p.Add(f => f.Value, value).Add(f => f.Format, format)
        .Add(f => f.Culture, CultureInfo.CurrentCulture).Add(f => f.ValueChanged, changed => value = changed!));
    var shown = field.Find("input").GetAttribute("value");
    await field.Find("input").ChangeAsync(new ChangeEventArgs { Value = shown + " " });
    await field.Find("input").ChangeAsync(new ChangeEventArgs { Value = shown });
    Console.WriteLine($"{what}: shows {shown}, reads it as {(value is null ? "nothing" : FormattableString.Invariant($"{value}"))}");
}
CODE
dotnet run -v q | tee seen
diff seen - <<'EXPECTED'
time: shows 17:30, reads it as nothing
time as HH:mm: shows 17:30, reads it as 17:30
day: shows 17/05/2026, reads it as 05/17/2026
EXPECTED
echo "As described."
