#!/usr/bin/env bash
# A web program that used ASP.NET Core's rate limiter stays in memory after it was stopped and disposed of.
#
# Seen with ASP.NET Core 10.0.12 (the shared framework of the SDK; the run prints its release): UseRateLimiter makes a limiter for
# endpoints, and a limiter with partitions wakes ten times a second until it is disposed of. Disposing of the program disposes neither of
# that one nor of the global one in the options. The timer holds the limiter, that the middleware, that the services. It matters where a
# process has many programs one after the other, as tests with WebApplicationFactory do: here 40 programs leave 40 sets of services and as
# many timers. A limiter that is a service and is asked by a middleware of one's own is disposed of with the services, and nothing stays.
#
# Needs the .NET SDK 10. Fails if what is seen changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > probe.csproj <<'PROJECT'
<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <TieredCompilation>false</TieredCompilation>
  </PropertyGroup>
</Project>
PROJECT
cat > Program.cs <<'CODE'
using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;

const int Programs = 40;
Console.WriteLine(System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription);
foreach (var kind in new[] { "none", "middleware", "service" })
{
    var left = new List<WeakReference>();
    for (var i = 0; i < Programs; i++) await RunAsync(kind, left);
    for (var i = 0; i < 5; i++)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Task.Delay(200);
    }

    // The last one or two may still stand in a local of something that has just ended.
    Console.WriteLine($"{kind}: {(left.Count(l => l.IsAlive) > 5 ? "most stay" : "they go")}");
}

[MethodImpl(MethodImplOptions.NoInlining)]
static async Task RunAsync(string kind, List<WeakReference> left)
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.WebHost.UseUrls("http://127.0.0.1:0");
    builder.Logging.ClearProviders();
    if (kind == "middleware") builder.Services.AddRateLimiter(_ => { });
    if (kind == "service")
        builder.Services.AddSingleton(_ => PartitionedRateLimiter.Create<HttpContext, string>(
            _ => RateLimitPartition.GetFixedWindowLimiter("all", _ => new() { PermitLimit = 5, Window = TimeSpan.FromMinutes(1) })));
    builder.Services.AddSingleton<Marker>();
    await using var app = builder.Build();
    if (kind == "middleware") app.UseRateLimiter();
    if (kind == "service")
    {
        var limiter = app.Services.GetRequiredService<PartitionedRateLimiter<HttpContext>>();
        app.Use((context, next) => limiter.AttemptAcquire(context).IsAcquired ? next(context) : Task.CompletedTask);
    }

    app.MapGet("/", () => "x");
    left.Add(new(app.Services.GetRequiredService<Marker>()));
    await app.StartAsync();
    await app.StopAsync();
}

sealed class Marker;
CODE
dotnet run -v q | tee seen
[ "$(tail -3 seen)" = "none: they go
middleware: most stay
service: they go" ]
echo "As described."
