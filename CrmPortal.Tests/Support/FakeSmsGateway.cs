using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CrmPortal.Tests.Support;

/// <summary>A request as it reached the gateway.</summary>
internal sealed record GatewayRequest(string Method, string Path, IQueryCollection Query, string? ContentType, string? Authorization,
    string Body, IFormCollection? Form);

/// <summary>
/// A gateway of short messages: a real server on a port of its own, which keeps what it gets and answers what the test wants.
/// </summary>
internal sealed class FakeSmsGateway : IAsyncDisposable
{
    private readonly WebApplication _server;

    private FakeSmsGateway(WebApplication server) => _server = server;

    public ConcurrentQueue<GatewayRequest> Requests { get; } = [];

    public HttpStatusCode Answer { get; set; } = HttpStatusCode.OK;

    /// <summary>Without a slash at the end.</summary>
    public string Address => _server.Urls.Single();

    public static async Task<FakeSmsGateway> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var gateway = new FakeSmsGateway(builder.Build());
        gateway._server.Run(gateway.TakeAsync);
        await gateway._server.StartAsync();
        return gateway;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var request = context.Request;
        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync();
        request.Body.Position = 0;
        Requests.Enqueue(new(
            request.Method, request.Path, request.Query, request.ContentType, request.Headers.Authorization, body,
                request.HasFormContentType ? await request.ReadFormAsync() : null));
        context.Response.StatusCode = (int)Answer;
        if (Answer is HttpStatusCode.Redirect) context.Response.Headers.Location = "/elsewhere";
    }
}
