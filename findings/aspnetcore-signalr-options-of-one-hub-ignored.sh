#!/usr/bin/env bash
# ASP.NET Core SignalR does not look at the options of one hub that were configured in the usual way of options.
#
# Seen with ASP.NET Core 10 (the shared framework of the SDK; the run prints its release) and Microsoft.AspNetCore.SignalR.Client 10.0.11:
# HubOptions<T> is an options type like others, and IOptions<HubOptions<T>> says what Configure<HubOptions<T>> set. Connections of the hub
# are nevertheless made with the options of all hubs, unless AddHubOptions<T> was called as well: only that marks the hub as having options
# of its own. Here a limit of 1 MB for one message is set for a hub; a message of 40,000 letters is refused by the default of 32 KB until
# AddHubOptions<T> is there, even one that sets nothing.
#
# Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.AspNetCore.SignalR.Client" Version="10.0.11" /></ItemGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Options;

Console.WriteLine(System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
foreach (var isKnownToHaveOwn in new[] { false, true })
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    builder.Logging.ClearProviders();
    var signalR = builder.Services.AddSignalR();
    if (isKnownToHaveOwn) signalR.AddHubOptions<Echo>(_ => { });
    builder.Services.Configure<HubOptions<Echo>>(o => o.MaximumReceiveMessageSize = 1024 * 1024);
    await using var app = builder.Build();
    app.MapHub<Echo>("/echo");
    await app.StartAsync();
    var said = app.Services.GetRequiredService<IOptions<HubOptions<Echo>>>().Value.MaximumReceiveMessageSize;
    await using var connection = new HubConnectionBuilder().WithUrl(app.Urls.First() + "/echo").Build();
    await connection.StartAsync();
    var result = "taken";
    try { await connection.InvokeAsync<int>("Length", new string('x', 40_000)); }
    catch (Exception) { result = "refused"; }
    await app.StopAsync();
    Console.WriteLine($"{(isKnownToHaveOwn ? "with" : "without")} AddHubOptions: options say {said}, a message of 40000 letters is {result}");
}

public sealed class Echo : Hub
{
    public int Length(string text) => text.Length;
}
CODE
dotnet run -v q | tee seen
[ "$(tail -2 seen)" = "without AddHubOptions: options say 1048576, a message of 40000 letters is refused
with AddHubOptions: options say 1048576, a message of 40000 letters is taken" ]
echo "As described."
