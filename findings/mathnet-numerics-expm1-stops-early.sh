#!/usr/bin/env bash
# Math.NET Numerics' exp(x) - 1 for small x is right to seven digits only.
#
# Seen with MathNet.Numerics 5.0.0 on .NET 10: SpecialFunctions.Expm1 (and ExponentialMinusOne, its former name) is documented to keep the
# digits that exp(x) - 1 loses near 0. For x from about 1e-6 to 0.1 it adds up a Taylor series that ends several terms too soon: Expm1(0.05)
# is 0.05127109375, which is the series up to x^4 / 24, where 0.05127109637602404 is right: an error of 5e-8 of the value, where a double
# holds 1e-16. At 0.05 even Math.Exp(x) - 1, which it is to replace, is right to 14 digits. For x = 0.2 it is right.
#
# The right values are those of a series of decimals with 28 digits. Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="MathNet.Numerics" Version="5.0.0" /></ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using System.Globalization;
using MathNet.Numerics;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
foreach (var x in new[] { 0.001m, 0.05m, 0.1m, 0.2m })
{
    var (right, term) = (0m, 1m);
    for (var n = 1; n < 40; n++) right += term *= x / n;
    var (library, plain) = (SpecialFunctions.Expm1((double)x), Math.Exp((double)x) - 1);
    Console.WriteLine($"{x} {library:R} {(double)right:R} library:{Digits(library)} plain:{Digits(plain)}");

    int Digits(double value) => (int)Math.Min(15, -Math.Log10(Math.Abs(value / (double)right - 1) + 1e-17));
}
CODE
seen=$(dotnet run -v q)
echo "x, Expm1, right value, right digits of the library and of exp(x) - 1:"
echo "$seen"
[ "$(sed -n 's/^0\.05 //p' <<<"$seen")" = "0.05127109375 0.05127109637602404 library:7 plain:14" ]
grep -q '^0\.1 .* library:7 ' <<<"$seen"
grep -q '^0\.2 .* library:15 ' <<<"$seen"
echo "As described."
