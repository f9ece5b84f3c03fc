using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Tests.Support;

/// <summary>A delivery as it reached the receiver.</summary>
internal sealed record HookRequest(string Id, long Timestamp, string Signatures, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>What it is about, in short.</summary>
    public string Event => $"{Json["event"]} {Json["subject_id"]}";
}

/// <summary>A program that is told of events: a real server on a port of its own, which answers what the test wants.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication _server;

    private HookReceiver(WebApplication server) => _server = server;

    public ConcurrentQueue<HookRequest> Requests { get; } = [];

    public IEnumerable<string> Events => Requests.Select(r => r.Event);

    public Func<HookRequest, HttpStatusCode> Answer { get; set; } = _ => HttpStatusCode.NoContent;

    /// <summary>What is said beside the status.</summary>
    public string Text { get; set; } = "";

    /// <summary>Where a redirect leads to.</summary>
    public string? Location { get; set; }

    /// <summary>Without a slash at the end.</summary>
    public string Address => _server.Urls.Single();

    public int Port => new Uri(Address).Port;

    public static async Task<HookReceiver> StartAsync(string address = "127.0.0.1")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Parse(address), 0));
        var receiver = new HookReceiver(builder.Build());
        receiver._server.Run(receiver.TakeAsync);
        await receiver._server.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers;
        var request = new HookRequest(headers["webhook-id"].ToString(), long.Parse(headers["webhook-timestamp"].ToString(),
            System.Globalization.CultureInfo.InvariantCulture), headers["webhook-signature"].ToString(), await reader.ReadToEndAsync());
        Requests.Enqueue(request);
        context.Response.StatusCode = (int)Answer(request);
        if (Location is not null) context.Response.Headers.Location = Location;
        if (Text.Length > 0) await context.Response.WriteAsync(Text);
    }
}
