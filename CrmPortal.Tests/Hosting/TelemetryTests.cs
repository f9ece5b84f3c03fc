using System.Collections.Concurrent;
using System.Net;
using System.Text;
using CrmPortal.Core.Platform.Access;
using CrmPortal.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Tests.Hosting;

/// <summary>Measuring listens to the whole process, so the program that measures has one of its own.</summary>
public sealed class TelemetryTests
{
    private const string Secret = "ada.lovelace@private.example";

    [Theory, MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task On_SpansAndMetricsArrive_WithoutPersonalData(DatabaseKind kind)
    {
        await using var collector = await Collector.StartAsync();
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var data = await TestServices.CreateAsync(kind, s => s.AddSingleton(TimeProvider.System));
        await using var system = data.AsSystem();
        var token = (await system.Get<SessionService>()
            .StartApiAsync(await TestUsers.CreateAsync(data.Root, RoleNames.Administrator), "127.0.0.1", "tests",
            cancellationToken)).AccessToken;
        await using (var server = await ServerProcess.StartAsync(data.Database, cancellationToken,
            new Dictionary<string, string> { ["Telemetry__Endpoint"] = collector.Address }))
        {
            using var client = server.CreateClient(token);
            client.DefaultRequestHeaders.UserAgent.ParseAdd("tell-tale-agent/1.0");
            Assert.Equal(HttpStatusCode.OK,
                (await client.GetAsync($"/api/customers?search={Uri.EscapeDataString(Secret)}", cancellationToken)).StatusCode);
            await client.GetAsync($"/api/customers/{Uri.EscapeDataString(Secret)}", cancellationToken);
            await server.StopAsync(cancellationToken);
        }

        // The program sends what is left before it ends.
        var traces = collector.Received("/v1/traces");
        Assert.Contains("crmportal", traces, StringComparison.Ordinal);
        Assert.Contains("GET /api/customers", traces, StringComparison.Ordinal);
        if (kind == DatabaseKind.Postgres) Assert.Contains("db.query.text", traces, StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", collector.Received("/v1/metrics"), StringComparison.Ordinal);
        foreach (var words in new[] { Secret, Uri.EscapeDataString(Secret), "lovelace", "tell-tale-agent", "url.path", "url.query" })
        {
            Assert.DoesNotContain(words, traces, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(words, collector.Received("/v1/metrics"), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Off_WhichIsUsual_NothingArrives()
    {
        await using var collector = await Collector.StartAsync();
        await using (var app = await TestApp.StartAsync(settings: new() { ["Telemetry:Endpoint"] = "" }))
        {
            using var client = await app.ClientAsAsync(RoleNames.Administrator);
            await client.GetAsync("/api/customers");
        }

        Assert.Equal("", collector.Received("/v1/traces") + collector.Received("/v1/metrics"));
    }

    /// <summary>Stands for an OpenTelemetry collector that takes HTTP with protobuf.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly ConcurrentQueue<(string Path, string Body)> _received = new();
        private readonly WebApplication _server;

        private Collector()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            _server = builder.Build();
            _server.Run(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                _received.Enqueue((context.Request.Path, Encoding.UTF8.GetString(body.ToArray())));
            });
        }

        public string Address => _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            await collector._server.StartAsync();
            return collector;
        }

        public string Received(string path) => string.Concat(_received.Where(r => r.Path == path).Select(r => r.Body));

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
