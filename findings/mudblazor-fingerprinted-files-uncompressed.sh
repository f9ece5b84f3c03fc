#!/usr/bin/env bash
# MudBlazor's style sheet and script are sent uncompressed where a page links them by their fingerprinted address.
#
# Seen with MudBlazor 9.12.0 and the static web assets of the .NET SDK 10 (the run prints its release): a published program holds
# MudBlazor.min.css compressed by Brotli (some 42 kB) and gzip beside the file itself (627 kB), and the address without a fingerprint
# offers all three. The address with a fingerprint, to which @Assets["_content/MudBlazor/MudBlazor.min.css"] leads, offers the plain file
# only, so that each first visit takes fourteen times as much. A style sheet of the program itself is offered compressed at both addresses.
#
# Needs the .NET SDK 10 and Python 3. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="MudBlazor" Version="9.12.0" /></ItemGroup>
</Project>
PROJECT
mkdir wwwroot
for i in $(seq 400); do echo ".line-$i { color: #17654f; margin: ${i}px; }"; done > wwwroot/own.css
cat > Program.cs <<'CODE'
var app = WebApplication.CreateBuilder(args).Build();
app.MapStaticAssets();
app.Run();
CODE
dotnet --version
dotnet publish -c Release -o out -v q -nologo
python3 - <<'CODE' | tee seen
import json
from collections import defaultdict
offered = defaultdict(set)
for endpoint in json.load(open('out/probe.staticwebassets.endpoints.json'))['Endpoints']:
    name = endpoint['Route'].split('/')[-1]
    if not (name.startswith(('own.', 'MudBlazor.min.')) and name.endswith(('.css', '.js'))): continue
    kind = 'fingerprinted' if name.count('.') > (2 if name.startswith('Mud') else 1) else 'plain'
    encodings = [h['Value'] for h in endpoint['ResponseHeaders'] if h['Name'] == 'Content-Encoding'] or ['identity']
    offered[(name.split('.')[0] + '.' + name.split('.')[-1], kind)].update(encodings)
for (name, kind), encodings in sorted(offered.items()): print(name, kind, ' '.join(sorted(encodings)))
CODE
diff seen - <<'EXPECTED'
MudBlazor.css fingerprinted identity
MudBlazor.css plain br gzip identity
MudBlazor.js fingerprinted identity
MudBlazor.js plain br gzip identity
own.css fingerprinted br gzip identity
own.css plain br gzip identity
EXPECTED
echo "As described."
